package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.OperatorCommand;
import appliance.cluster.state.Standing;
import appliance.model.Epoch;
import appliance.model.NodeId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the raft leader does besides leading: founds the state, gives votes, makes someone master, and
 * strikes out whose right to acknowledge has run out.
 * The cluster's loop runs it on every node; it acts only where this node leads.
 */
public final class Steward {

  private static final Logger log = LoggerFactory.getLogger(Steward.class);

  private static final long ANSWER_SECONDS_MAX = 5;

  private final Supplier<Command> first;
  private final Timing timing;
  private final LongSupplier nanoTime;
  private final Voters voters = new Voters();
  private final Absentees absentees = new Absentees();
  private final LogWatch logWatch;
  private final SilentMaster silentMaster;
  private boolean led;
  private long drainingSince;
  private Epoch drainingSeen = Epoch.NONE;
  private boolean waits;
  private long waitsSince;
  private String refusal = "";
  private @Nullable CompletionStage<?> pending;
  private CompletableFuture<?> beat = CompletableFuture.completedFuture(null);

  /**
   * @param first what the log of a new cluster begins with; asked for once the log is known to be empty
   * @param lastRenewal when a master's last renewal came into this node's log
   */
  public Steward(
      Supplier<Command> first, Timing timing, LongSupplier nanoTime, LongSupplier lastRenewal) {
    this.first = first;
    this.timing = timing;
    this.nanoTime = nanoTime;
    logWatch = new LogWatch(timing, nanoTime);
    silentMaster = new SilentMaster(timing, nanoTime, lastRenewal);
  }

  /** What there is for an operator to do about a log that stands still; empty if nothing is. Any thread. */
  public String standstill() {
    return logWatch.standstill();
  }

  /** Looks at the situation and does at most one thing about it. */
  public void tick(Situation now, Consensus consensus) {
    settle();
    logWatch.tick(now, consensus);
    silentMaster.look(now);
    boolean leads = now.progress().leads();
    if (leads != led) {
      led = leads;
      pending = null;
      beat = CompletableFuture.completedFuture(null); // that of an earlier lead may be lost
      if (leads) {
        voters.begin();
        propose(consensus, new ClusterCommand.Beat());
      }
      return;
    }
    if (leads && logWatch.idle() && beat.isDone()) { // also while a change of the voters is lost
      beat = limited(consensus.submit(new ClusterCommand.Beat().encode()));
      return;
    }
    if (!leads || pending != null) {
      return;
    }
    if (now.state().cluster().isEmpty()) {
      found(now, consensus);
    } else if (!assign(now, consensus) // before votes: a vote that fails must not keep it waiting
        && !dismiss(now, consensus)) {
      changeVoters(now, consensus);
    }
  }

  private void found(Situation now, Consensus consensus) {
    byte[] begins = first.get().encode();
    // The founder's vote is in no log until it writes it there itself.
    await(consensus.addVoter(now.self()).thenCompose(done -> consensus.submit(begins)));
  }

  private boolean dismiss(Situation now, Consensus consensus) {
    Optional<MasterCommand.Quit> over =
        absentees.next(now.state().mastership(), nanoTime.getAsLong(), timing.grace());
    over.ifPresent(quit -> propose(consensus, quit));
    return over.isPresent();
  }

  private void changeVoters(Situation now, Consensus consensus) {
    Optional<NodeId> gone = voters.toForget(now, nanoTime.getAsLong());
    if (gone.isPresent()) {
      propose(consensus, new OperatorCommand.Forget(gone.get()));
      return;
    }
    voters.next(now, nanoTime.getAsLong()).ifPresent(change -> {
      log.info("{}", change.reason());
      await(change.add() ? consensus.addVoter(change.id()) : consensus.removeVoter(change.id()));
    });
  }

  /** Whether another master was needed, and one could be made. */
  private boolean assign(Situation now, Consensus consensus) {
    Mastership mastership = now.state().mastership();
    if (!now.quorum() || keeps(now, mastership)) {
      waits = false;
      refusal = "";
      return false;
    }
    Succession succession = succession(now);
    succession.next().ifPresent(m -> {
      log.info("{} becomes master, epoch {}", m.name(), mastership.epoch().next());
      propose(consensus, new MasterCommand.Assign(mastership.epoch(), m.id()));
    });
    return succession.next().isPresent();
  }

  private Succession succession(Situation now) {
    long time = nanoTime.getAsLong();
    if (!waits) {
      waits = true;
      waitsSince = time;
    }
    boolean patient = time - waitsSince < timing.position().toNanos();
    Succession found = now.succession(patient);
    if (!patient && !found.refusal().isEmpty() && !found.refusal().equals(refusal)) {
      log.error("There is no new master: {}", found.refusal());
    }
    refusal = patient ? "" : found.refusal();
    return found;
  }

  /** Whether the master can stay, or must at least be given time to let go. */
  private boolean keeps(Situation now, Mastership mastership) {
    Optional<Entry> holder = mastership.holder().flatMap(now.state()::member);
    if (mastership.phase() == Mastership.Phase.VACANT
        || holder.isEmpty()
        || !now.isPresent(holder.get())) {
      return false;
    }
    if (mastership.phase() == Mastership.Phase.ACTIVE
        && holder.get().standing() == Standing.ACTIVE) {
      drainingSeen = Epoch.NONE;
      return !silentMaster.is(now, holder.get());
    }
    if (!mastership.epoch().equals(drainingSeen)) {
      drainingSeen = mastership.epoch();
      drainingSince = nanoTime.getAsLong();
    }
    return nanoTime.getAsLong() - drainingSince < timing.release().toNanos();
  }

  private void propose(Consensus consensus, Command command) {
    await(consensus.submit(command.encode()));
  }

  /**
   * One thing at a time: the next look comes when this one has been agreed on, or has failed, or has been
   * lost: the library may forget a change of the voters.
   */
  private void await(CompletionStage<?> stage) {
    pending = limited(stage);
  }

  private static CompletableFuture<?> limited(CompletionStage<?> stage) {
    return stage.toCompletableFuture().orTimeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
  }

  private void settle() {
    if (pending != null && pending.toCompletableFuture().isDone()) {
      pending = null;
    }
  }
}
