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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that the data folder's disk hangs while a start waits for it, which cannot say so itself; if that lasts it ends the
 * process, for its service to try again. A loop tries the disk, and another one looks how long that takes.
 */
final class StartDisk implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StartDisk.class);

  /** Where a file is tried. */
  static final String PROBE = ClusterFile.START_PROBE;

  private static final Duration TRY_PERIOD = Duration.ofSeconds(5);
  private static final Duration LOOK_PERIOD = Duration.ofSeconds(1);
  private static final Duration TOLD = Duration.ofSeconds(15);
  private static final Duration MAX = Duration.ofMinutes(2);

  private final Path data;
  private final Limits limits;
  private final Consumer<String> says;
  private final IntConsumer halt;
  private final LongSupplier nanoTime;
  private final Loop tries = new Loop("start-disk", 2);
  private final Loop looks = new Loop("start-disk-look", 2);
  private volatile Optional<Long> since = Optional.empty();
  private boolean told;

  /**
   * @param told so long may the disk take over a small file before a word is said
   * @param max so long before the process ends
   */
  record Limits(Duration told, Duration max) {}

  /**
   * @param says what is wrong to whoever has started the process by hand; may take a moment
   * @param halt ends it, with an exit code
   */
  StartDisk(
      Path data, Limits limits, Consumer<String> says, IntConsumer halt, LongSupplier nanoTime) {
    this.data = data;
    this.limits = limits;
    this.says = says;
    this.halt = halt;
    this.nanoTime = nanoTime;
  }

  static StartDisk watch(Path data, Consumer<String> says, IntConsumer halt) {
    StartDisk disk = new StartDisk(data, new Limits(TOLD, MAX), says, halt, System::nanoTime);
    disk.tries.every(TRY_PERIOD, disk::tryIt);
    disk.looks.every(LOOK_PERIOD, disk::look);
    return disk;
  }

  /** The log may have a disk of its own. Whatever else is wrong with either the start itself says. */
  void tryIt() {
    since = Optional.of(nanoTime.getAsLong());
    for (Path folder : List.of(data, ClusterFile.log(data))) {
      try {
        if (Files.isDirectory(folder)) {
          write(folder.resolve(PROBE));
        }
      } catch (IOException e) {
        log.debug("{} takes nothing", folder, e);
      }
    }
    since = Optional.empty();
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
    Optional<Long> began = since; // once: the next try may begin meanwhile
    long now = nanoTime.getAsLong();
    Duration waited = Duration.ofNanos(now - began.orElse(now));
    if (began.isEmpty() || waited.compareTo(limits.told) < 0) {
      told &= began.isPresent();
      return;
    }
    if (!told) {
      told = true;
      tell("The disk of " + data + " hangs: it has not taken a file for " + waited.toSeconds()
          + " s, and this start waits for it. Look what is wrong with it. After "
          + limits.max.toSeconds() + " s this node ends, and its service tries again");
    }
    if (waited.compareTo(limits.max) >= 0) {
      tell("Ending with code " + ExitCode.NOT_NOW.number() + ": the disk of " + data
          + " hangs. Start this node again once that is mended; a service does by itself");
      halt.accept(ExitCode.NOT_NOW.number());
    }
  }

  private void tell(String words) {
    log.error("{}", words);
    says.accept(words);
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
