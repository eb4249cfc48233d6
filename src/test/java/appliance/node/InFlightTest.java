package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class InFlightTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Duration DRAIN_MAX = Duration.ofMinutes(1);

  private final NodeId us = NodeId.random();
  private final NodeId other = NodeId.random();
  private final Map<NodeId, Integer> ours = new HashMap<>();
  private final Map<NodeId, Integer> theirs = new HashMap<>();
  private MemberState ourState = MemberState.DRAINING;
  private MemberState theirState = MemberState.ACTIVE;
  private long now;

  private final InFlight here = new InFlight(() -> view(us), () -> ours, DRAIN_MAX, () -> now);
  private final InFlight there =
      new InFlight(() -> view(other), () -> theirs, DRAIN_MAX, () -> now);

  @BeforeEach
  void nothingGoesToAMemberThatDrains() {
    ours.put(us, 0);
    theirs.put(us, 0);
  }

  @Test
  void silence_is_not_taken_for_idleness() {
    assertFalse(here.none());
  }

  @Test
  void a_request_of_any_edge_counts_and_a_zero_is_proof() {
    theirs.put(us, 1);
    here.receive(other, there.message().orElseThrow());
    assertFalse(here.none());
    theirs.put(us, 0);
    here.receive(other, there.message().orElseThrow());
    assertTrue(here.none());
    ours.put(us, 1);
    assertFalse(here.none());
  }

  @Test
  void an_edge_that_could_still_send_requests_is_waited_for() {
    theirs.clear();
    here.receive(other, there.message().orElse(new byte[0]));
    assertFalse(here.none());
    theirs.put(us, 0);
    here.receive(other, there.message().orElseThrow());
    assertTrue(here.none());
    ours.clear();
    assertFalse(here.none());
  }

  @Test
  void word_of_an_edge_that_does_not_know_of_the_drain_counts_for_nothing() {
    ourState = MemberState.ACTIVE;
    byte[] early = there.message().orElse(new byte[0]);
    ourState = MemberState.DRAINING;
    here.receive(other, early);
    assertFalse(here.none());
  }

  @Test
  void nothing_is_said_while_nobody_drains_once_earlier_words_are_taken_back() {
    ourState = MemberState.ACTIVE;
    assertTrue(there.message().isEmpty());
    ourState = MemberState.DRAINING;
    assertTrue(there.message().orElseThrow().length > 0);
    ourState = MemberState.ACTIVE;
    now += 5 * SECOND - 1;
    assertEquals(0, there.message().orElseThrow().length);
    now += 1;
    assertTrue(there.message().isEmpty());
  }

  @Test
  void old_word_and_word_of_an_earlier_drain_count_for_nothing() {
    here.see(view(us));
    here.receive(other, there.message().orElseThrow());
    assertTrue(here.none());
    now += 5 * SECOND;
    assertFalse(here.none());
    here.receive(other, there.message().orElseThrow());
    assertTrue(here.none());
    ourState = MemberState.ACTIVE;
    here.see(view(us));
    ourState = MemberState.DRAINING;
    here.see(view(us));
    assertFalse(here.none());
  }

  @Test
  void requests_that_do_not_end_are_not_waited_for_for_ever() {
    now = 100 * SECOND;
    here.see(view(us));
    ours.put(us, 1);
    now += 59 * SECOND;
    assertFalse(here.none());
    now += SECOND;
    assertTrue(here.none());
  }

  @Test
  void a_member_that_is_down_is_not_waited_for() {
    theirState = MemberState.DOWN;
    assertTrue(here.none());
  }

  @Test
  void a_garbled_word_changes_nothing() {
    here.receive(other, new byte[23]);
    assertFalse(here.none());
  }

  private ClusterView view(NodeId self) {
    return new ClusterView(
        "c",
        self,
        Epoch.NONE,
        Optional.empty(),
        true,
        List.of(member(us, ourState), member(other, theirState)));
  }

  private static Member member(NodeId id, MemberState state) {
    HostPort nowhere = new HostPort("127.0.0.1", 1);
    Endpoints endpoints = new Endpoints(nowhere, nowhere, nowhere, nowhere, Optional.empty());
    return new Member(id, id.toString(), endpoints, state, "");
  }
}
