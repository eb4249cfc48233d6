package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log that never answers; a test says what else it does, and makes the situation by hand. */
public class SilentLog implements Consensus {

  @Override
  public CompletionStage<String> submit(byte[] command) {
    return new CompletableFuture<>();
  }

  @Override
  public Optional<NodeId> coordinator() {
    return Optional.empty();
  }

  @Override
  public CompletionStage<Void> addVoter(NodeId id) {
    return new CompletableFuture<>();
  }

  @Override
  public CompletionStage<Void> removeVoter(NodeId id) {
    return new CompletableFuture<>();
  }

  @Override
  public Progress progress() {
    return Progress.NONE;
  }

  @Override
  public Map<NodeId, UUID> reachable() {
    return Map.of();
  }

  @Override
  public void start() {
    // nothing to connect to
  }

  @Override
  public void broadcast(byte[] message) {
    // nobody else is here
  }

  @Override
  public void lookFor(List<HostPort> addresses) {
    // nobody else is here
  }

  @Override
  public void unblock(int asked) {
    // nobody to elect
  }

  @Override
  public boolean deaf() {
    return false;
  }

  @Override
  public boolean failed() {
    return false;
  }

  @Override
  public void close() {
    // nothing is open
  }
}
