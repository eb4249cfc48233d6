package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.Standing;
import appliance.model.Epoch;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import appliance.model.ReplicaProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's {@link Lease} while it is master, and lets go of it in order: no further write begins,
 * those that have begun end, for a while, and then the others are told. The cluster's loop runs it.
 */
public final class Mastery {

  private static final Logger log = LoggerFactory.getLogger(Mastery.class);

  private static final int RENEWALS_WAITING_MAX = 8;

  /** For the other nodes' writes that have begun; with one that takes longer the next master waits. */
  private static final long QUIT_NANOS_MAX = Duration.ofMillis(500).toNanos();

  private final Lease lease;
  private final Timing timing;
  private final LongSupplier nanoTime;
  private final Supplier<GtidPosition> position;
  private final ToLongFunction<Epoch> lastGrant;
  private final AtomicInteger waiting = new AtomicInteger();
  private Epoch epoch = Epoch.NONE;
  private Epoch released = Epoch.NONE;
  private long sentAt;
  private long finishingSince;
  private boolean finishing;
  private @Nullable GtidPosition last;
  private volatile boolean releasing;
  private boolean leaving;

  /**
   * @param position how far this node's copy of the database is
   * @param lastGrant when the last renewal or attendance of an earlier epoch came into this node's log
   */
  public Mastery(
      Lease lease,
      Timing timing,
      LongSupplier nanoTime,
      Supplier<GtidPosition> position,
      ToLongFunction<Epoch> lastGrant) {
    this.lease = lease;
    this.timing = timing;
    this.nanoTime = nanoTime;
    this.position = position;
    this.lastGrant = lastGrant;
  }

  /**
   * @param run told apart from an earlier one of this node, whose mastership is not this one's
   */
  public void tick(Situation now, Consensus consensus, java.util.UUID run) {
    Mastership mastership = now.state().mastership();
    Optional<Entry> own = now.own().filter(entry -> entry.run().equals(run));
    if (leaving || own.isEmpty() || !mastership.heldBy(now.self())) {
      stop();
    } else if (mastership.phase() == Mastership.Phase.ACTIVE
        && own.get().standing() == Standing.ACTIVE
        && !released.equals(
            mastership.epoch())) { // its word may come yet, and the next one goes by it
      finishing = false;
      lease.goOn(mastership.epoch());
      keep(now.self(), mastership, consensus);
    } else if (finishes(now)) {
      keep(now.self(), mastership, consensus);
    } else {
      release(now.self(), mastership, consensus);
    }
  }

  /** Ends the right to write for good. */
  public void leave() {
    leaving = true;
    stop();
  }

  /** Ends the right to write at once, whatever the cluster has agreed on. */
  void stop() {
    if (!epoch.equals(Epoch.NONE)) {
      log.info("This node is no longer master (epoch {})", epoch);
      epoch = Epoch.NONE;
      lease.drop();
    }
  }

  /**
   * Whether writes are still under way that may yet be acknowledged, here or for a while on another node, or
   * the target's copy of the database is about to reach what this node's had when they were over.
   */
  private boolean finishes(Situation now) {
    Mastership mastership = now.state().mastership();
    if (!epoch.equals(mastership.epoch())) {
      // The next one takes this one's word for it that no earlier lease runs.
      return !mastership.handedOver() && !released.equals(mastership.epoch());
    }
    if (!finishing) {
      finishing = true;
      finishingSince = nanoTime.getAsLong();
      last = null;
    }
    boolean reached = reached(now);
    long since = nanoTime.getAsLong() - finishingSince;
    boolean late = since >= timing.finish().toNanos();
    boolean attended = since < QUIT_NANOS_MAX && !mastership.attendants().isEmpty();
    if (late && !reached) {
      log.warn(
          "The next master's replica has not come to {} within {} s: one that has takes its place",
          last,
          timing.finish().toSeconds());
    }
    boolean waits = lease.stage() == Lease.Stage.WAITING;
    return waits || attended || (!late && (lease.finish() > 0 || !reached));
  }

  private boolean reached(Situation now) {
    if (last == null || lease.finish() > 0) {
      last = position.get();
    }
    GtidPosition wanted = last;
    return now.state()
        .mastership()
        .target()
        .map(now::replica)
        .map(target -> !canFollow(target) || target.position().covers(wanted))
        .orElse(true);
  }

  private static boolean canFollow(ReplicaProgress target) {
    return target.state() == ReplicaProgress.State.FOLLOWING
        || target.state() == ReplicaProgress.State.LEVEL;
  }

  private void keep(NodeId self, Mastership mastership, Consensus consensus) {
    long time = nanoTime.getAsLong();
    if (!epoch.equals(mastership.epoch())) {
      epoch = mastership.epoch();
      Duration wait = wait(mastership, time);
      lease.begin(epoch, wait);
      log.info(
          "This node is master from now on, epoch {}{}",
          epoch,
          wait.isZero()
              ? ""
              : "; it writes in " + wait.toMillis()
                  + " ms, when the last master's lease has ended");
      renew(self, consensus, time);
    } else if (due(time)) {
      renew(self, consensus, time);
    }
  }

  /** Whether the lease is to be renewed. */
  public boolean due() {
    return !epoch.equals(Epoch.NONE) && due(nanoTime.getAsLong());
  }

  private boolean due(long time) {
    return time - sentAt >= timing.renew().toNanos();
  }

  /** Until what any renewal or attendance of an earlier epoch gives has ended. */
  private Duration wait(Mastership mastership, long time) {
    if (mastership.handedOver()) {
      return Duration.ZERO;
    }
    long end = lastGrant.applyAsLong(mastership.epoch()) + timing.grace().toNanos();
    return Duration.ofNanos(Math.max(0, end - time));
  }

  private void renew(NodeId self, Consensus consensus, long time) {
    if (waiting.get() >= RENEWALS_WAITING_MAX) {
      return;
    }
    sentAt = time;
    Epoch renewed = epoch;
    waiting.incrementAndGet();
    consensus
        .submit(new MasterCommand.Renew(renewed, self, position.get()).encode())
        .whenComplete((refusal, e) -> {
          waiting.decrementAndGet();
          if (e == null && refusal.isEmpty()) {
            lease.renewed(renewed, time, timing.lease());
          }
        });
  }

  private void release(NodeId self, Mastership mastership, Consensus consensus) {
    stop();
    released = mastership.epoch();
    if (!releasing) {
      releasing = true;
      consensus
          .submit(new MasterCommand.Release(mastership.epoch(), self, position.get()).encode())
          .whenComplete((refusal, e) -> releasing = false);
    }
  }
}
