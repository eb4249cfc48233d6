package appliance.cluster;

import appliance.cluster.state.ClusterFile;
import appliance.runtime.FileTrouble;
import appliance.runtime.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a node that has left the cluster because its disk was full started anew once there is room: whatever else
 * could not write needs that as well. Until then the node serves what it has.
 */
final class FullDisk {

  private static final Logger log = LoggerFactory.getLogger(FullDisk.class);

  /** What is to be done where nothing better is known. */
  static final String MEND = "Free space or mend the disk, then restart";

  private static final Duration LOOK_PERIOD = Duration.ofSeconds(10);

  /** Less is gone again as soon as the node has started. */
  private static final long ROOM_BYTES_MIN = 8L << 20;

  /** Seen by writing it, as a quota shows in no number. */
  private static final int TRIED_BYTES = 1 << 20;

  private final Path folder;
  private final Loop loop;
  private boolean watches;
  private boolean told;
  private volatile Runnable action = () -> {};

  /**
   * @param folder of the log, which may have a disk of its own
   * @param loop looks for room, when this node has left
   */
  FullDisk(Path folder, Loop loop) {
    this.folder = folder;
    this.loop = loop;
  }

  /**
   * @param action quick
   */
  void onRoom(Runnable action) {
    this.action = action;
  }

  /**
   * Says soon what is to be done about a log that could not be written. Any thread; the loop looks, for a disk that
   * does not write well may take its time over it, and the node has to be out of the cluster by then.
   *
   * @param reason why it could not
   * @param onRemedy gets it, on the loop
   */
  void look(String reason, Consumer<String> onRemedy) {
    try {
      loop.after(Duration.ZERO, () -> {
        String remedy = remedy(reason);
        if (!remedy.equals(MEND)) {
          log.error("{}", remedy);
        }
        onRemedy.accept(remedy);
      });
    } catch (RejectedExecutionException e) {
      log.debug("Not looked at, the node is closing", e);
    }
  }

  /**
   * What shows that there is no room; nothing for a disk that takes nothing for another reason, as one does that the
   * system has made read-only. Looks at it, which may take its time.
   *
   * @param reason why something could not be written
   */
  Optional<IOException> full(String reason) {
    IOException told = new IOException(reason);
    if (FileTrouble.isFull(told)) {
      return Optional.of(told);
    }
    try {
      takeBytes();
      return Files.getFileStore(folder).getUsableSpace() < ROOM_BYTES_MIN
          ? Optional.of(FileTrouble.full(folder))
          : Optional.empty();
    } catch (IOException e) {
      log.debug("{} takes nothing", folder, e);
      return Optional.of(e).filter(FileTrouble::isFull);
    }
  }

  /**
   * As {@link #full}, for whoever must go on in time.
   *
   * @throws TimeoutException if the disk has given no answer by then; says so to an operator
   * @throws InterruptedException if nobody waits for it any more: nothing is known of the disk
   */
  Optional<IOException> full(String reason, Duration max)
      throws TimeoutException, InterruptedException {
    CompletableFuture<Optional<IOException>> answer = new CompletableFuture<>();
    Thread asks = new Thread(() -> answer.complete(full(reason)), "disk-look");
    asks.setDaemon(true);
    asks.start();
    try {
      return answer.get(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("{} gives no answer", folder, e);
    }
    throw new TimeoutException("The disk of " + folder + " hangs: it has not taken one file within "
        + max.toSeconds()
        + " s. Look what is wrong with it, and start this node again; a service tries again by"
        + " itself");
  }

  private String remedy(String reason) {
    if (full(reason).isEmpty()) {
      return MEND;
    }
    watch();
    return "The disk of " + folder
        + " is full: free space there. This node ends once there is room, and a service starts it anew;"
        + " without one start it again then";
  }

  private void watch() {
    if (!watches) {
      watches = true;
      loop.every(LOOK_PERIOD, this::lookForRoom);
    }
  }

  private void lookForRoom() {
    if (!told && hasRoom()) {
      told = true;
      log.warn("There is room again on the disk of {}", folder);
      action.run();
    }
  }

  private boolean hasRoom() {
    try {
      takeBytes();
      return Files.getFileStore(folder).getUsableSpace() >= ROOM_BYTES_MIN;
    } catch (IOException e) {
      log.debug("No room in {}", folder, e);
      return false;
    }
  }

  private void takeBytes() throws IOException {
    byte[] bytes = new byte[TRIED_BYTES];
    new Random().nextBytes(bytes); // what could be compressed would tell less
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    try (FileChannel file = FileChannel.open(
        folder.resolve(ClusterFile.ROOM_PROBE),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE)) {
      while (rest.hasRemaining()) {
        file.write(rest);
      }
      file.force(false);
    }
  }
}
