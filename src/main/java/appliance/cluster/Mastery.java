package appliance.cluster;

import appliance.model.Epoch;
import appliance.model.NodeId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's {@link Lease} while it is master, and lets go of it in order: no further write begins,
 * those that have begun end, for a while, and then the others are told. The cluster's loop runs it.
 */
final class Mastery {

  private static final Logger log = LoggerFactory.getLogger(Mastery.class);

  private static final int RENEWALS_WAITING_MAX = 8;

  private final Lease lease;
  private final Timing timing;
  private final LongSupplier nanoTime;
  private final AtomicInteger waiting = new AtomicInteger();
  private Epoch epoch = Epoch.NONE;
  private long sentAt;
  private long finishingSince;
  private boolean finishing;
  private volatile boolean releasing;
  private boolean leaving;

  Mastery(Lease lease, Timing timing, LongSupplier nanoTime) {
    this.lease = lease;
    this.timing = timing;
    this.nanoTime = nanoTime;
  }

  /**
   * @param run told apart from an earlier one of this node, whose mastership is not this one's
   */
  void tick(Situation now, Consensus consensus, java.util.UUID run) {
    Mastership mastership = now.state().mastership();
    Optional<Entry> own = now.own().filter(entry -> entry.run().equals(run));
    if (leaving || own.isEmpty() || !mastership.heldBy(now.self())) {
      stop();
    } else if (mastership.phase() == Mastership.Phase.ACTIVE
        && own.get().standing() == Standing.ACTIVE) {
      finishing = false;
      keep(now.self(), mastership, consensus);
    } else if (finishes(mastership)) {
      keep(now.self(), mastership, consensus);
    } else {
      release(now.self(), mastership, consensus);
    }
  }

  /** Ends the right to write for good. */
  void leave() {
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

  /** Whether writes are still under way that may yet be acknowledged. */
  private boolean finishes(Mastership mastership) {
    if (!epoch.equals(mastership.epoch())) {
      return false;
    }
    if (!finishing) {
      finishing = true;
      finishingSince = nanoTime.getAsLong();
    }
    return lease.finish() > 0
        && nanoTime.getAsLong() - finishingSince < timing.finish().toNanos();
  }

  private void keep(NodeId self, Mastership mastership, Consensus consensus) {
    long time = nanoTime.getAsLong();
    if (!epoch.equals(mastership.epoch())) {
      epoch = mastership.epoch();
      Duration wait = mastership.handedOver() ? Duration.ZERO : timing.grace();
      lease.begin(epoch, wait);
      log.info(
          "This node is master from now on, epoch {}{}",
          epoch,
          mastership.handedOver()
              ? ""
              : "; it writes in " + wait.toMillis()
                  + " ms, when the last master's lease has ended");
      renew(self, consensus, time);
    } else if (time - sentAt >= timing.renew().toNanos()) {
      renew(self, consensus, time);
    }
  }

  private void renew(NodeId self, Consensus consensus, long time) {
    if (waiting.get() >= RENEWALS_WAITING_MAX) {
      return;
    }
    sentAt = time;
    Epoch renewed = epoch;
    waiting.incrementAndGet();
    consensus.submit(new MasterCommand.Renew(renewed, self).encode()).whenComplete((refusal, e) -> {
      waiting.decrementAndGet();
      if (e == null && refusal.isEmpty()) {
        lease.renewed(renewed, time, timing.lease());
      }
    });
  }

  private void release(NodeId self, Mastership mastership, Consensus consensus) {
    stop();
    if (!releasing) {
      releasing = true;
      consensus
          .submit(new MasterCommand.Release(mastership.epoch(), self).encode())
          .whenComplete((refusal, e) -> releasing = false);
    }
  }
}
