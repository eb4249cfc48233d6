package appliance.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that somebody else writes, to be forced to disk by a channel that stays open: the system tells of an
 * error of the disk once, and only those who had the file open. One thread opens and closes it, and forces.
 */
final class ForcedFile {

  private final Path path;
  private final Force force;
  private volatile @Nullable FileChannel channel;

  /** Has on disk what has been written to a file. */
  @FunctionalInterface
  interface Force {
    void force(FileChannel channel) throws IOException;
  }

  ForcedFile(Path path, Force force) {
    this.path = path;
    this.force = force;
  }

  /** Opens the file that is there now; before anything is written to it that is to be forced. */
  void open() throws IOException {
    close();
    channel = FileChannel.open(path, StandardOpenOption.WRITE);
  }

  boolean isOpen() {
    return channel != null;
  }

  /**
   * Returns when all that was written to the file is on disk.
   *
   * @throws IOException if it may not be: nothing that is in the file is to be relied on from then on
   * @throws IllegalStateException if it is closed
   */
  void force() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      throw new IllegalStateException(path + " is closed");
    }
    force.force(open);
  }

  void close() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
