package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.model.Attendance;
import appliance.model.Epoch;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * This node's follower lease: has the log confirm, again and again while writes are about, that this node
 * keeps up with it. A
 * confirmation counts from when it was asked for and as long as a master's lease, so that a node that is
 * cut off or was paused has stopped acknowledging before any node begins a write in the epoch of a master
 * that took over by force: that one waits for it, and so do the others. In a hand-over it lets no further
 * write begin, and says so when those that have begun are over. The cluster's loop asks, any thread may
 * look.
 */
public final class Attending implements Attendance {

  private static final long WANTED_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int WAITING_MAX = 8;

  private final Timing timing;
  private final LongSupplier nanoTime;
  private final Runnable wake;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger writing = new AtomicInteger();
  private volatile boolean finishing;
  private volatile Proof proof = Proof.NONE;
  private Opening opening = new Opening(new UUID(0, 0), Epoch.NONE, 0);
  private volatile boolean wanted;
  private volatile long wantedAt;
  private volatile Question asked = new Question(Epoch.NONE, 0);
  private long stops;
  private @Nullable CompletableFuture<String> quitting;

  private record Question(Epoch epoch, long at) {}

  /**
   * @param from when whatever was given in earlier epochs is over
   */
  private record Proof(Epoch epoch, long from, long until) {
    static final Proof NONE = new Proof(Epoch.NONE, 0, 0);

    boolean isOf(Epoch other, long now) {
      return epoch.equals(other) && !other.equals(Epoch.NONE) && now - until < 0;
    }
  }

  /**
   * @param run counts its epochs by itself: it may be in another cluster than the one before
   * @param at when nothing that was given in earlier epochs counts any more
   */
  private record Opening(UUID run, Epoch epoch, long at) {}

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
    boolean stands = known.isOf(epoch, now);
    if (!stands) {
      wake.run();
    }
    return stands && now - known.from >= 0;
  }

  @Override
  public boolean awaits(Epoch epoch) {
    long now = nanoTime.getAsLong();
    Proof known = proof;
    Question last = asked;
    return known.isOf(epoch, now)
        ? now - known.from < 0
        : last.epoch.equals(epoch) && now - last.at < timing.lease().toNanos();
  }

  @Override
  public boolean begin(Epoch epoch) {
    writing.incrementAndGet(); // before the look: who finishes counts after it has said so
    if (confirms(epoch) && !finishing) {
      return true;
    }
    writing.decrementAndGet();
    return false;
  }

  @Override
  public void end() {
    writing.decrementAndGet();
  }

  /**
   * Asks again where that is due, while writes come, and quits where the epoch is about to end.
   *
   * @param lastGrant when the last renewal or attendance of an earlier epoch came into this node's log
   * @param run told apart from an earlier one of this node, which nobody but itself can speak for
   */
  public void tick(Situation now, Consensus consensus, ToLongFunction<Epoch> lastGrant, UUID run) {
    finishing = now.state().epochEnds();
    open(now.state().mastership(), lastGrant, run);
    if (now.own().filter(entry -> entry.run().equals(run)).isEmpty()) {
      return;
    }
    if (finishing && writing.get() == 0) {
      quit(now, consensus);
    } else {
      ask(now, consensus);
    }
  }

  /** As {@link Mastery} waits, and by the same log: no accepted grant of an earlier epoch is missing there. */
  private void open(Mastership mastership, ToLongFunction<Epoch> lastGrant, UUID run) {
    Epoch epoch = mastership.epoch();
    if (!epoch.equals(opening.epoch) || !run.equals(opening.run)) {
      long at = mastership.handedOver()
          ? nanoTime.getAsLong()
          : lastGrant.applyAsLong(epoch) + timing.grace().toNanos();
      opening = new Opening(run, epoch, at);
    }
  }

  private void quit(Situation now, Consensus consensus) {
    drop();
    Mastership mastership = now.state().mastership();
    Optional<Long> at = mastership.attendants().of(now.self());
    if (at.isEmpty() || (quitting != null && !quitting.isDone())) {
      return;
    }
    byte[] quit = new MasterCommand.Quit(mastership.epoch(), now.self(), at.get()).encode();
    quitting = consensus
        .submit(quit)
        .toCompletableFuture()
        .orTimeout(timing.renew().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the log is to confirm again that this node keeps up. */
  public boolean due() {
    return wanted && due(nanoTime.getAsLong());
  }

  private boolean due(long time) {
    return time - asked.at >= timing.renew().toNanos();
  }

  private void ask(Situation now, Consensus consensus) {
    Mastership mastership = now.state().mastership();
    long time = nanoTime.getAsLong();
    wanted &= time - wantedAt < WANTED_NANOS;
    boolean due = !mastership.epoch().equals(asked.epoch) || due(time);
    if (!wanted || !due || mastership.heldBy(now.self()) || waiting.get() >= WAITING_MAX) {
      return;
    }
    Epoch epoch = mastership.epoch();
    asked = new Question(epoch, time);
    long before = stops();
    long from = opening.at;
    waiting.incrementAndGet();
    consensus
        .submit(new MasterCommand.Attend(epoch, now.self()).encode())
        .whenComplete((refusal, e) -> {
          waiting.decrementAndGet();
          if (e == null && refusal.isEmpty()) {
            confirmed(new Proof(epoch, from, time + timing.lease().toNanos()), before);
          }
        });
  }

  /** An answer to a question from before the last stop gives nothing: this node may have quit since. */
  private synchronized void confirmed(Proof next, long asOf) {
    if (asOf != stops) {
      return;
    }
    Proof known = proof;
    int later = next.epoch.compareTo(known.epoch);
    if (later > 0 || (later == 0 && next.until - known.until > 0)) {
      proof = next;
    }
  }

  private synchronized long stops() {
    return stops;
  }

  /** Nothing is confirmed any more. */
  public synchronized void drop() {
    proof = Proof.NONE;
    stops++;
  }
}
