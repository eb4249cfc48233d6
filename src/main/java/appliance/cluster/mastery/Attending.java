package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.model.Attendance;
import appliance.model.Epoch;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Has the log confirm, again and again while writes are about, that this node keeps up with it. A
 * confirmation counts from when it was asked for and as long as a master's lease, so that a node that is
 * cut off or was paused has stopped acknowledging before a master that took over by force begins. The
 * cluster's loop asks, any thread may look.
 */
public final class Attending implements Attendance {

  private static final long WANTED_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int WAITING_MAX = 8;

  private final Timing timing;
  private final LongSupplier nanoTime;
  private final Runnable wake;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile Proof proof = Proof.NONE;
  private volatile boolean wanted;
  private volatile long wantedAt;
  private Epoch asked = Epoch.NONE;
  private long askedAt;

  private record Proof(Epoch epoch, long until) {
    static final Proof NONE = new Proof(Epoch.NONE, 0);
  }

  /**
   * @param wake has the cluster's loop look soon
   */
  public Attending(Timing timing, LongSupplier nanoTime, Runnable wake) {
    this.timing = timing;
    this.nanoTime = nanoTime;
    this.wake = wake;
  }

  @Override
  public boolean confirms(Epoch epoch) {
    long now = nanoTime.getAsLong();
    wantedAt = now;
    wanted = true;
    Proof known = proof;
    boolean stands =
        known.epoch.equals(epoch) && !epoch.equals(Epoch.NONE) && now - known.until < 0;
    if (!stands) {
      wake.run();
    }
    return stands;
  }

  /** Asks again where that is due, while writes come. */
  public void tick(Situation now, Consensus consensus) {
    Mastership mastership = now.state().mastership();
    long time = nanoTime.getAsLong();
    wanted &= time - wantedAt < WANTED_NANOS;
    boolean due =
        !mastership.epoch().equals(asked) || time - askedAt >= timing.renew().toNanos();
    if (!wanted || !due || mastership.heldBy(now.self()) || waiting.get() >= WAITING_MAX) {
      return;
    }
    Epoch epoch = mastership.epoch();
    asked = epoch;
    askedAt = time;
    waiting.incrementAndGet();
    consensus.submit(new MasterCommand.Attend(epoch).encode()).whenComplete((refusal, e) -> {
      waiting.decrementAndGet();
      if (e == null && refusal.isEmpty()) {
        confirmed(new Proof(epoch, time + timing.lease().toNanos()));
      }
    });
  }

  private synchronized void confirmed(Proof next) {
    Proof known = proof;
    int later = next.epoch.compareTo(known.epoch);
    if (later > 0 || (later == 0 && next.until - known.until > 0)) {
      proof = next;
    }
  }

  /** Nothing is confirmed any more. */
  public synchronized void drop() {
    proof = Proof.NONE;
  }
}
