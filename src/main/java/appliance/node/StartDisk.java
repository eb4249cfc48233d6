package appliance.node;

import appliance.cluster.state.ClusterFile;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that the data folder's disk hangs while a start waits for it, which cannot say so itself; if that lasts it ends the
 * process, for its service to try again. A loop tries the disk, and another one looks how long that takes.
 */
final class StartDisk implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StartDisk.class);

  /** Where a file is tried. */
  static final String PROBE = "start-probe";

  private static final Duration TRY_PERIOD = Duration.ofSeconds(5);
  private static final Duration LOOK_PERIOD = Duration.ofSeconds(1);
  private static final Duration TOLD = Duration.ofSeconds(15);
  private static final Duration MAX = Duration.ofMinutes(2);

  private final Path data;
  private final Duration toldAfter;
  private final Duration max;
  private final IntConsumer halt;
  private final Loop tries = new Loop("start-disk", 2);
  private final Loop looks = new Loop("start-disk-look", 2);
  private volatile long since;
  private volatile boolean waits;
  private boolean told;

  /**
   * @param toldAfter so long may the disk take over a small file before a word is said
   * @param max so long before the process ends
   * @param halt ends it, with an exit code
   */
  StartDisk(Path data, Duration toldAfter, Duration max, IntConsumer halt) {
    this.data = data;
    this.toldAfter = toldAfter;
    this.max = max;
    this.halt = halt;
  }

  static StartDisk watch(Path data, IntConsumer halt) {
    StartDisk disk = new StartDisk(data, TOLD, MAX, halt);
    disk.tries.every(TRY_PERIOD, disk::tryIt);
    disk.looks.every(LOOK_PERIOD, disk::look);
    return disk;
  }

  /** The log may have a disk of its own. Whatever else is wrong with either the start itself says. */
  void tryIt() {
    since = System.nanoTime();
    waits = true;
    for (Path folder : List.of(data, ClusterFile.log(data))) {
      try {
        if (Files.isDirectory(folder)) {
          write(folder.resolve(PROBE));
        }
      } catch (IOException e) {
        log.debug("{} takes nothing", folder, e);
      }
    }
    waits = false;
  }

  private static void write(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE)) {
      channel.write(ByteBuffer.allocate(1));
      channel.force(false);
    }
  }

  void look() {
    boolean hangs = waits; // first: since when it does is known before
    Duration waited = Duration.ofNanos(System.nanoTime() - since);
    if (!hangs || waited.compareTo(toldAfter) < 0) {
      told &= hangs;
      return;
    }
    if (!told) {
      told = true;
      log.error(
          "The disk of {} hangs: it has not taken a file for {} s, and this start waits for it. Look what is wrong with"
              + " it. After {} s this node ends, and its service tries again",
          data,
          waited.toSeconds(),
          max.toSeconds());
    }
    if (waited.compareTo(max) >= 0) {
      log.error("Ending with code {}: the disk of {} hangs", ExitCode.NOT_NOW.number(), data);
      halt.accept(ExitCode.NOT_NOW.number());
    }
  }

  /** The start is over: who serves from a disk that hangs later is to go on. */
  void served() {
    looks.close();
    tries.close();
  }

  @Override
  public void close() {
    served();
  }
}
