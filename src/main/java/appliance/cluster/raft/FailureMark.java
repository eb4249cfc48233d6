package appliance.cluster.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file beside the log, there from a failure of the disk on until what lies here has been written anew. Nobody
 * waits for it to be written but the end of this run: the disk may take its time over that as well, and the node is
 * to be out of the group by then.
 */
final class FailureMark {

  private static final Logger log = LoggerFactory.getLogger(FailureMark.class);

  private static final long WAIT_MILLIS_MAX = 1000;

  private final Path file;
  private volatile @Nullable Thread writer;

  FailureMark(Path folder) {
    file = folder.resolve("failed");
  }

  boolean isThere() {
    return Files.exists(file);
  }

  void remove() throws IOException {
    Files.delete(file);
  }

  /** Returns at once. */
  void put() {
    Thread writing = new Thread(this::write, "log-failed");
    writing.setDaemon(true);
    writer = writing;
    writing.start();
  }

  private void write() {
    try {
      Files.write(file, new byte[0]);
    } catch (IOException e) {
      // Then what was written to the log is not there, or not to be read, either.
      log.debug("{} could not be written", file, e);
    }
  }

  /** Returns when it has been written, unless that takes long. */
  void await() {
    Thread writing = writer;
    if (writing != null) {
      try {
        writing.join(WAIT_MILLIS_MAX);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
