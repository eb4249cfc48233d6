package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Outcome;
import appliance.model.Epoch;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the {@link ClusterState}; the consensus's one thread changes it, any may read it. */
public final class ReplicatedState implements Consensus.Machine {

  private static final Logger log = LoggerFactory.getLogger(ReplicatedState.class);

  private volatile ClusterState state = ClusterState.EMPTY;
  private final Runnable onChange;
  private final Grants grants;

  /** Empty; {@code onChange} is called on the consensus's thread. */
  public ReplicatedState(Runnable onChange, LongSupplier nanoTime) {
    this.onChange = onChange;
    grants = new Grants(nanoTime);
  }

  /**
   * When the last renewal or attendance of an epoch before {@code epoch} came into this node's log, by the
   * clock that this was made with: what they give is over a lease's length later.
   */
  public long lastGrantBefore(Epoch epoch) {
    return grants.lastBefore(epoch);
  }

  @Override
  public void appended(byte[] command) {
    try {
      Command decoded = Command.decode(command);
      if (decoded instanceof MasterCommand.Renew renewal && renewal.epoch().equals(epoch())) {
        grants.renewal();
      }
      Epoch epoch = decoded.grants();
      if (!epoch.equals(Epoch.NONE)) {
        grants.came(epoch);
      }
    } catch (IOException e) {
      log.debug("It will be refused when it is applied", e);
    }
  }

  /** When a master's last renewal came into this node's log, by the same clock. */
  public long lastRenewal() {
    return grants.lastRenewal();
  }

  private Epoch epoch() {
    return state.mastership().epoch();
  }

  /** As it is now. */
  public ClusterState get() {
    return state;
  }

  @Override
  public String apply(byte[] command) {
    ClusterState before = state.counted();
    Outcome outcome;
    try {
      outcome = Command.decode(command).apply(before);
    } catch (IOException e) {
      log.warn("An entry of the log was ignored, on every node alike: {}", e.getMessage());
      outcome = Outcome.refused(before, "the command is broken: " + e.getMessage());
    }
    state = outcome.state();
    onChange.run();
    return outcome.refusal();
  }

  @Override
  public byte[] snapshot() {
    return state.encode();
  }

  @Override
  public boolean isCurrent(byte[] snapshot) {
    try {
      return ClusterState.decode(snapshot).applied() >= state.applied();
    } catch (IOException e) {
      log.warn("A snapshot of the cluster's state was refused: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void restore(byte[] snapshot) {
    try {
      ClusterState restored = ClusterState.decode(snapshot);
      grants.replaced(); // first: who sees the new state counts from here
      state = restored;
    } catch (IOException e) {
      throw new IllegalStateException("a broken snapshot: " + e.getMessage(), e);
    }
    onChange.run();
  }
}
