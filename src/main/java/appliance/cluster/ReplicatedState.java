package appliance.cluster;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the {@link ClusterState}; the consensus's one thread changes it, any may read it. */
final class ReplicatedState implements Consensus.Machine {

  private static final Logger log = LoggerFactory.getLogger(ReplicatedState.class);

  private final AtomicReference<ClusterState> state = new AtomicReference<>(ClusterState.EMPTY);
  private final Runnable onChange;

  ReplicatedState(Runnable onChange) {
    this.onChange = onChange;
  }

  ClusterState get() {
    return state.get();
  }

  @Override
  public String apply(byte[] command) {
    ClusterState before = state.get().counted();
    Outcome outcome;
    try {
      outcome = Command.decode(command).apply(before);
    } catch (IOException e) {
      log.warn("An entry of the log was ignored, on every node alike: {}", e.getMessage());
      outcome = Outcome.refused(before, "the command is broken: " + e.getMessage());
    }
    state.set(outcome.state());
    onChange.run();
    return outcome.refusal();
  }

  @Override
  public byte[] snapshot() {
    return state.get().encode();
  }

  @Override
  public boolean isNewer(byte[] snapshot) {
    try {
      return ClusterState.decode(snapshot).applied() > state.get().applied();
    } catch (IOException e) {
      log.warn("A snapshot of the cluster's state was refused: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void restore(byte[] snapshot) {
    try {
      state.set(ClusterState.decode(snapshot));
    } catch (IOException e) {
      throw new IllegalStateException("a broken snapshot: " + e.getMessage(), e);
    }
    onChange.run();
  }
}
