package appliance.cluster.mastery;

import appliance.cluster.raft.Timing;
import appliance.cluster.state.Entry;
import appliance.cluster.state.Mastership;
import appliance.model.Epoch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees that a master is there, in touch, and yet does not renew its right to write, so that nobody can write: its disk hangs, for
 * example. The leader looks, at every other node than itself: where it hangs itself, its log does, and another one leads
 * soon ({@link LogWatch}). Not thread-safe.
 */
final class SilentMaster {

  private static final Logger log = LoggerFactory.getLogger(SilentMaster.class);

  private final Timing timing;
  private final LongSupplier nanoTime;
  private final LongSupplier lastRenewal;
  private @Nullable Epoch epoch;
  private long since;
  private boolean told;

  /**
   * @param lastRenewal when a master's last renewal came into this node's log
   */
  SilentMaster(Timing timing, LongSupplier nanoTime, LongSupplier lastRenewal) {
    this.timing = timing;
    this.nanoTime = nanoTime;
    this.lastRenewal = lastRenewal;
  }

  /** This node leads from now on: what was to come before could come to nobody. */
  void begin() {
    since = nanoTime.getAsLong();
    epoch = null;
    told = false;
  }

  /**
   * Whether it has been silent for so long that another one is to take its place. Its right to write has ended by
   * then, whatever hangs; who takes its place waits for that once more.
   *
   * @param holder of the mastership
   */
  boolean is(Situation now, Entry holder) {
    Mastership mastership = now.state().mastership();
    long time = nanoTime.getAsLong();
    if (!mastership.epoch().equals(epoch)) {
      since = epoch == null ? since : time;
      epoch = mastership.epoch();
      told = false;
    }
    long renewed = lastRenewal.getAsLong();
    since = renewed - since > 0 ? renewed : since;
    boolean silent =
        !holder.id().equals(now.self()) && time - since > timing.stuck().toNanos();
    if (silent && !told) {
      told = true;
      log.warn(
          "{} is in touch, but has not renewed its right to write for {} ms: another node is to take its place."
              + " Look whether its disk hangs, and restart it",
          holder.name(),
          (time - since) / 1_000_000);
    }
    return silent;
  }
}
