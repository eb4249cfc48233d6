package appliance.cluster.mastery;

import appliance.cluster.raft.Timing;
import appliance.cluster.state.Entry;
import appliance.cluster.state.Mastership;
import appliance.model.Epoch;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees that a master is there, in touch, and yet does not renew its right to write, so that nobody can write: its disk hangs, for
 * example. The leader looks, at every other node than itself: where it hangs itself, its log does, and another one leads
 * soon ({@link LogWatch}). What counts is the time in which a renewal could have come: while this node leads, the same
 * master is in touch, and the log goes on. Not thread-safe.
 */
final class SilentMaster {

  private static final Logger log = LoggerFactory.getLogger(SilentMaster.class);

  private final Timing timing;
  private final LongSupplier nanoTime;
  private final LongSupplier lastRenewal;
  private Epoch epoch = Epoch.NONE;
  private long since;
  private long lastIndex;
  private long movedAt;
  private boolean told;

  /**
   * @param lastRenewal when a master's last renewal came into this node's log
   */
  SilentMaster(Timing timing, LongSupplier nanoTime, LongSupplier lastRenewal) {
    this.timing = timing;
    this.nanoTime = nanoTime;
    this.lastRenewal = lastRenewal;
    since = nanoTime.getAsLong();
    movedAt = since;
  }

  /** To be called at each look, whatever else there is to do. */
  void look(Situation now) {
    long time = nanoTime.getAsLong();
    Mastership mastership = now.state().mastership();
    boolean same = mastership.epoch().equals(epoch);
    epoch = mastership.epoch();
    boolean goesOn = goesOn(now, time);
    boolean could = same && goesOn && isInTouch(now, mastership);
    long renewed = lastRenewal.getAsLong();
    if (!could || renewed - since > 0) {
      since = could ? renewed : time;
      told = false;
    }
  }

  private static boolean isInTouch(Situation now, Mastership mastership) {
    return now.progress().leads()
        && mastership.phase() == Mastership.Phase.ACTIVE
        && now.holder().filter(now::isPresent).isPresent();
  }

  /** Not if this process was paused, or its own disk or the way to the others is slow: a leader sees to it that it does. */
  private boolean goesOn(Situation now, long time) {
    boolean late = time - movedAt > timing.stuck().toNanos() / 2;
    long index = now.progress().commitIndex();
    movedAt = index == lastIndex ? movedAt : time;
    lastIndex = index;
    return !late;
  }

  /**
   * Whether it has been silent for so long that another one is to take its place. Its right to write has ended by
   * then, whatever hangs; who takes its place waits for that once more.
   *
   * @param holder of the mastership
   */
  boolean is(Situation now, Entry holder) {
    long silence = nanoTime.getAsLong() - since;
    boolean silent = !holder.id().equals(now.self()) && silence > timing.stuck().toNanos();
    if (silent && !told) {
      told = true;
      log.warn(
          "{} is in touch, but has not renewed its right to write for {} ms: another node is to take its place."
              + " Look whether its disk hangs, and restart it",
          holder.name(),
          silence / 1_000_000);
    }
    return silent;
  }
}
