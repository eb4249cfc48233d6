package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DutyTest {

  private static final NodeId SELF = NodeId.random();

  private final List<String> told = new ArrayList<>();
  private MemberState state = MemberState.JOINING;
  private boolean caughtUp;
  private boolean idle;

  private final Duty duty = new Duty(
      this::view, () -> caughtUp, () -> idle, () -> told.add("ready"), () -> told.add("drained"));

  @Test
  void a_node_is_ready_only_when_it_has_caught_up() {
    duty.run();
    assertEquals(List.of(), told);
    caughtUp = true;
    duty.run();
    assertEquals(List.of("ready"), told);
  }

  @Test
  void a_node_is_drained_only_when_nothing_needs_it() {
    state = MemberState.DRAINING;
    duty.run();
    assertEquals(List.of(), told);
    idle = true;
    duty.run();
    assertEquals(List.of("drained"), told);
  }

  @Test
  void an_active_node_tells_nothing() {
    state = MemberState.ACTIVE;
    caughtUp = true;
    idle = true;
    duty.run();
    assertEquals(List.of(), told);
  }

  private ClusterView view() {
    HostPort nowhere = new HostPort("127.0.0.1", 1);
    Endpoints endpoints = new Endpoints(nowhere, nowhere, nowhere, nowhere, Optional.empty());
    return new ClusterView(
        "c",
        SELF,
        Epoch.NONE,
        Optional.empty(),
        true,
        List.of(new Member(SELF, "a", endpoints, state, "")));
  }
}
