package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a leader does, on a log that may lose what it is told. */
final class StewardTest {

  private static final NodeId A = new NodeId(new UUID(1, 1));
  private static final NodeId B = new NodeId(new UUID(2, 2));
  private static final UUID CLUSTER = new UUID(3, 3);
  private static final UUID RUN = new UUID(9, 1);

  private final Lost consensus = new Lost();
  private final Steward steward =
      new Steward(new ClusterCommand.Found(CLUSTER), Timing.SAFE, () -> 0);
  private ClusterState state = ClusterState.EMPTY;

  @Test
  void a_change_of_the_voters_that_is_lost_keeps_nobody_from_becoming_master() throws Exception {
    apply(new ClusterCommand.Found(CLUSTER));
    Entry witness = entry(B).with(Standing.WITNESS); // may have a vote, but never be master
    for (Entry entry : List.of(entry(A), witness)) {
      apply(new TrustCommand.Admit(entry.key(), entry.name()));
      apply(new MemberCommand.Announce(entry, Optional.empty()));
    }
    steward.tick(leading(), consensus); // it leads from here on
    steward.tick(leading(), consensus);
    assertEquals(List.of(B), consensus.votes);

    apply(new MemberCommand.Ready(A, RUN));
    Lab.await("a master", () -> {
      steward.tick(leading(), consensus);
      return consensus.said.contains(new MasterCommand.Assign(Epoch.NONE, A));
    });
    apply(new MasterCommand.Assign(Epoch.NONE, A));
    steward.tick(leading(), consensus);
    assertEquals(List.of(B, B), consensus.votes, "tried again, after the master");
  }

  private void apply(Command command) {
    state = command.apply(state).state();
  }

  private Situation leading() {
    Consensus.Progress progress =
        new Consensus.Progress("Leader", 1, 1, 1, Optional.of(A), Set.of(A));
    Map<NodeId, UUID> reachable = new HashMap<>(Map.of(A, RUN, B, RUN));
    return new Situation(A, state, progress, reachable);
  }

  private static Entry entry(NodeId id) {
    HostPort address = new HostPort("10.0.0.1", 7800);
    Endpoints endpoints = new Endpoints(address, address, address, address, Optional.empty());
    String name = id.equals(A) ? "a" : "b";
    Fingerprint key = new Fingerprint((name + "0").repeat(32));
    return new Entry(id, name, endpoints, 1, RUN, 0, 0, Standing.JOINING, key);
  }

  /** A log that agrees to every command and never answers about a vote. */
  private static final class Lost implements Consensus {
    private final List<Command> said = new ArrayList<>();
    private final List<NodeId> votes = new ArrayList<>();

    @Override
    public CompletionStage<String> submit(byte[] command) {
      try {
        said.add(Command.decode(command));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return CompletableFuture.completedFuture("");
    }

    @Override
    public CompletionStage<Void> addVoter(NodeId id) {
      votes.add(id);
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
      // the situation is made by hand
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
    public void unblock() {
      // the test's log is never stuck
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
