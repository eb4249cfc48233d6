package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees whether the log goes on. One that stands still, although a majority is there, lacks a leader, or a member
 * hangs that is needed; or others vote now than this node knows of, as it was away for long. Not thread-safe.
 */
final class LogWatch {

  private static final Logger log = LoggerFactory.getLogger(LogWatch.class);

  /** So often is a new leader asked for in vain before it is for an operator to see to. */
  private static final int ASKED_MAX = 6;

  /** A node that lost its vote while it was away does not know of that, nor who has it now. */
  private static final String REMEDY =
      "If another node's status says that a majority is missing, start the nodes that it names: others vote now"
          + " than this one knows of. Else a node hangs: restart this one if the others say nothing like that,"
          + " else all, one by one";

  private final Timing timing;
  private final LongSupplier nanoTime;
  private long lastIndex;
  private long movedAt;
  private long askedAt;
  private int asked;
  private volatile String standstill = "";

  LogWatch(Timing timing, LongSupplier nanoTime) {
    this.timing = timing;
    this.nanoTime = nanoTime;
    movedAt = nanoTime.getAsLong();
    askedAt = movedAt;
  }

  /** Calls for an election when the log stands still. */
  void tick(Situation now, Consensus consensus) {
    long time = nanoTime.getAsLong();
    long index = now.progress().commitIndex();
    if (index != lastIndex || !now.quorum()) {
      lastIndex = index;
      movedAt = time;
      askedAt = time;
      asked = 0;
      standstill = "";
    } else if (time - askedAt > timing.stuck().toNanos()) {
      askedAt = time;
      asked++;
      double seconds = TimeUnit.NANOSECONDS.toMillis(time - movedAt) / 1000.0;
      if (asked >= ASKED_MAX) {
        standstill = "nothing has been agreed on for " + seconds + " s. " + REMEDY;
      }
      log.warn(
          "The cluster's log has stood still for {} s; asking for a new leader{}",
          seconds,
          asked < ASKED_MAX ? "" : ". " + REMEDY);
      consensus.unblock(asked);
    }
  }

  /** Since when, and what is to be done, once that is for an operator to see to; empty before. Any thread. */
  String standstill() {
    return standstill;
  }

  /** Whether it is time for the leader to write an entry that changes nothing. */
  boolean idle() {
    long time = nanoTime.getAsLong();
    return time - askedAt > timing.idle().toNanos();
  }
}
