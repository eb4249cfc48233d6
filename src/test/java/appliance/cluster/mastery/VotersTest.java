package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MemberCommand;
import appliance.cluster.state.OperatorAct;
import appliance.cluster.state.OperatorCommand;
import appliance.cluster.state.Outcome;
import appliance.cluster.state.Standing;
import appliance.cluster.state.TrustCommand;
import appliance.model.Endpoints;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who is given a vote, and who loses it. */
final class VotersTest {

  private static final UUID RUN = new UUID(9, 1);
  private static final long LONG = Voters.REPLACE_AFTER.toNanos();

  private final Voters voters = new Voters();
  private ClusterState state = ClusterState.EMPTY;

  @Test
  void a_node_has_a_vote_only_when_it_has_caught_up() {
    announce(1, 2);
    assertEquals(Optional.empty(), change(now(ids(1), ids(1, 2)), 0));
    ready(2);
    assertEquals(add(2), change(now(ids(1), ids(1, 2)), 0));
    assertEquals(Optional.empty(), change(now(ids(1), ids(1)), 0), "not one that is out of reach");
  }

  @Test
  void there_are_five_votes_at_most_and_the_rest_learn() {
    announce(1, 2, 3, 4, 5, 6);
    ready(1, 2, 3, 4, 5, 6);
    assertEquals(add(5), change(now(ids(1, 2, 3, 4), ids(1, 2, 3, 4, 5, 6)), 0));
    assertEquals(Optional.empty(), change(now(ids(1, 2, 3, 4, 5), ids(1, 2, 3, 4, 5, 6)), 0));
  }

  @Test
  void a_dead_voter_makes_room_for_one_that_has_caught_up_and_only_for_such_a_one() {
    announce(1, 2, 3, 4);
    ready(1, 2, 3);
    Situation alone = now(ids(1, 2, 3), ids(1, 2));
    assertEquals(Optional.empty(), change(alone, 0));
    assertEquals(
        Optional.empty(), change(alone, LONG * 10), "the majority never shrinks by itself");
    Situation behind = now(ids(1, 2, 3), ids(1, 2, 4));
    assertEquals(Optional.empty(), change(behind, LONG * 11));
    ready(4);
    assertEquals(remove(3), change(now(ids(1, 2, 3), ids(1, 2, 4)), LONG * 12));
    assertEquals(add(4), change(now(ids(1, 2), ids(1, 2, 4)), LONG * 12));
  }

  @Test
  void a_voter_that_is_back_in_time_keeps_its_vote() {
    announce(1, 2, 3, 4, 5, 6);
    ready(1, 2, 3, 4, 5, 6);
    Set<NodeId> five = ids(1, 2, 3, 4, 5);
    assertEquals(Optional.empty(), change(now(five, ids(1, 2, 3, 4, 6)), 0));
    assertEquals(Optional.empty(), change(now(five, ids(1, 2, 3, 4, 6)), LONG - 1));
    assertEquals(Optional.empty(), change(now(five, ids(1, 2, 3, 4, 5, 6)), LONG));
    assertEquals(
        Optional.empty(), change(now(five, ids(1, 2, 3, 4, 6)), LONG + 1), "it counts anew");
    assertEquals(remove(5), change(now(five, ids(1, 2, 3, 4, 6)), LONG * 2 + 1));
  }

  @Test
  void who_leads_again_counts_anew_for_how_long_a_voter_has_been_silent() {
    announce(1, 2, 3, 4, 5, 6);
    ready(1, 2, 3, 4, 5, 6);
    Situation silent = now(ids(1, 2, 3, 4, 5), ids(1, 2, 3, 4, 6));
    assertEquals(Optional.empty(), change(silent, 0));
    voters.begin(); // another one has led meanwhile, and has been in touch with all
    assertEquals(Optional.empty(), change(silent, LONG));
    assertEquals(remove(5), change(silent, 2 * LONG));
  }

  @Test
  void a_removed_node_loses_its_vote_even_while_it_is_in_touch() {
    announce(1, 2);
    ready(1, 2);
    state = new OperatorCommand.Remove(id(2), new OperatorAct(0, "removed", "on a"))
        .apply(state)
        .state();
    assertEquals(remove(2), change(now(ids(1, 2), ids(1, 2)), 0));
  }

  private Optional<String> change(Situation now, long nanos) {
    return voters.next(now, nanos).map(change -> (change.add() ? "+" : "-") + change.id());
  }

  private static Optional<String> add(int node) {
    return Optional.of("+" + id(node));
  }

  private static Optional<String> remove(int node) {
    return Optional.of("-" + id(node));
  }

  private Situation now(Set<NodeId> voting, Set<NodeId> reachable) {
    Consensus.Progress progress =
        new Consensus.Progress("Leader", 1, 1, 1, Optional.of(id(1)), voting);
    Map<NodeId, UUID> runs = reachable.stream().collect(Collectors.toMap(id -> id, id -> RUN));
    return new Situation(id(1), state, progress, runs);
  }

  private void announce(int... nodes) {
    for (int node : nodes) {
      HostPort address = new HostPort("10.0.0.1", 7800);
      Endpoints endpoints = new Endpoints(address, address, address, address, Optional.empty());
      Fingerprint key = new Fingerprint(String.format("%064x", node));
      Entry entry = new Entry(id(node), "n" + node, endpoints, 1, RUN, 0, 0, Standing.JOINING, key);
      state = new TrustCommand.Admit(key, "n" + node).apply(state).state();
      Outcome outcome = new MemberCommand.Announce(entry, Optional.empty()).apply(state);
      assertTrue(outcome.refusal().isEmpty(), outcome.refusal());
      state = outcome.state();
    }
  }

  private void ready(int... nodes) {
    for (int node : nodes) {
      state = new MemberCommand.Ready(id(node), RUN).apply(state).state();
    }
  }

  private static Set<NodeId> ids(int... nodes) {
    return Arrays.stream(nodes).mapToObj(VotersTest::id).collect(Collectors.toSet());
  }

  private static NodeId id(int node) {
    return new NodeId(new UUID(node, node));
  }
}
