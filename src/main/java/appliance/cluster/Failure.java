package appliance.cluster;

import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why this node is out of the cluster until its next start, and what is to be done about it: the first reason counts.
 * Any thread.
 */
final class Failure {

  private static final Logger log = LoggerFactory.getLogger(Failure.class);

  /** For a disk to say whether it is full: one that hangs would hold up the end of the start for ever. */
  private static final Duration LOOK_MAX = Duration.ofSeconds(10);

  private final FullDisk disk;
  private final Duration lookMax;
  private volatile String words = "";
  private volatile String ofLog = "";

  Failure(FullDisk disk) {
    this(disk, LOOK_MAX);
  }

  Failure(FullDisk disk, Duration lookMax) {
    this.disk = disk;
    this.lookMax = lookMax;
  }

  /** For the operator; empty if nothing is wrong. */
  String words() {
    return words;
  }

  void is(String reason, String remedy) {
    String all = words(reason, remedy);
    if (replace("", all)) {
      log.error("This node leaves the cluster: {}", all);
    }
  }

  private static String words(String reason, String remedy) {
    return reason + ". " + remedy;
  }

  /**
   * The log could not be written.
   *
   * @param leave first of all; gets the reason, and what to do about it as far as that is known by then
   */
  void ofLog(String reason, BiConsumer<String, String> leave) {
    ofLog = reason;
    leave.accept(reason, FullDisk.MEND);
    disk.look(reason, remedy -> replace(words(reason, FullDisk.MEND), words(reason, remedy)));
  }

  private synchronized boolean replace(String before, String after) {
    boolean due = words.equals(before);
    words = due ? after : words;
    return due;
  }

  /** Calls {@code action} when there is room again on the disk that had none; quick. */
  void onRoom(Runnable action) {
    disk.onRoom(action);
  }

  /**
   * What a start ends with; once this node has left, for the disk may be looked at.
   *
   * @param cause what it would end with for another reason
   */
  RuntimeException ofStart(RuntimeException cause) {
    String reason = ofLog;
    if (reason.isEmpty()) {
      return cause;
    }
    String told = "this node cannot take part in the cluster: " + reason;
    try {
      return disk.full(reason, lookMax)
          .map(full -> new StartFailure(ExitCode.NOT_NOW, told, full))
          .orElseGet(() -> new StartFailure(
              ExitCode.DATA_FOLDER, words(told, "Mend the disk, then start it again"), cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new StartFailure(
          ExitCode.NOT_NOW,
          words(told, "The start was ended before its disk was looked at; start it again"),
          cause);
    } catch (TimeoutException e) {
      return new StartFailure(ExitCode.NOT_NOW, words(told, String.valueOf(e.getMessage())), cause);
    }
  }
}
