package appliance.cluster.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Fingerprint;
import appliance.model.GtidPosition;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who else may acknowledge writes of an epoch, and what that means for its end. */
final class AttendantsTest {

  private static final NodeId A = new NodeId(new UUID(1, 1));
  private static final NodeId B = new NodeId(new UUID(2, 2));
  private static final UUID RUN = new UUID(9, 1);
  private static final GtidPosition AT = GtidPosition.parse("0-1-42");

  private ClusterState state = ClusterState.EMPTY;

  @BeforeEach
  void two_nodes_with_master_a() {
    state = state.with(entry(A, "a")).with(entry(B, "b"));
    assertEquals("", apply(new MasterCommand.Assign(Epoch.NONE, A)));
  }

  private static Entry entry(NodeId id, String name) {
    HostPort none = new HostPort("127.0.0.1", 0);
    return new Entry(
        id,
        name,
        new Endpoints(none, none, none, none, Optional.empty()),
        1,
        RUN,
        0,
        0,
        Standing.ACTIVE,
        new Fingerprint(name.repeat(64)));
  }

  private String apply(Command command) {
    Outcome outcome = command.apply(state.counted());
    state = outcome.state();
    return outcome.refusal();
  }

  @Test
  void a_node_keeps_up_with_the_present_epoch_only() {
    assertEquals("", apply(new MasterCommand.Attend(new Epoch(1), B)));
    apply(new MasterCommand.Assign(new Epoch(1), B));
    assertFalse(apply(new MasterCommand.Attend(new Epoch(1), A)).isEmpty());
    assertEquals("", apply(new MasterCommand.Attend(new Epoch(2), A)));
    NodeId stranger = new NodeId(new UUID(7, 7));
    assertFalse(apply(new MasterCommand.Attend(new Epoch(2), stranger)).isEmpty());
  }

  @Test
  void a_release_is_in_order_only_if_nobody_attends_the_epoch_any_more() {
    Epoch one = new Epoch(1);
    assertEquals("", apply(new MasterCommand.Attend(one, B)));
    apply(new MasterCommand.HandOver(one, B));
    assertEquals("", apply(new MasterCommand.Attend(one, B)), "for what has begun");
    ClusterState before = state;
    apply(new MasterCommand.Release(one, A, AT));
    apply(new MasterCommand.Assign(one, B));
    assertFalse(state.mastership().handedOver(), "b has not quit");
    assertTrue(state.mastership().attendants().isEmpty(), "of the next epoch");

    state = before;
    apply(new MasterCommand.Quit(one, B, before.applied()));
    assertFalse(apply(new MasterCommand.Attend(one, B)).isEmpty(), "it has quit");
    apply(new MasterCommand.Release(one, A, AT));
    assertFalse(apply(new MasterCommand.Attend(one, B)).isEmpty(), "and the master has let go");
    apply(new MasterCommand.Assign(one, B));
    assertTrue(state.mastership().handedOver());

    state = before;
    apply(new MemberCommand.Leave(A, RUN));
    apply(new MasterCommand.Assign(one, B));
    assertFalse(state.mastership().handedOver(), "b has not quit");
  }

  @Test
  void a_quit_that_comes_late_or_of_another_epoch_takes_no_later_confirmation_away() {
    Epoch one = new Epoch(1);
    apply(new MasterCommand.Attend(one, B));
    long first = state.applied();
    apply(new MasterCommand.Attend(one, B));
    apply(new MasterCommand.Quit(one, B, first));
    apply(new MasterCommand.Quit(new Epoch(2), B, state.applied()));
    assertEquals(Optional.of(first + 1), state.mastership().attendants().of(B));
    apply(new MasterCommand.Quit(one, B, first + 1));
    assertTrue(state.mastership().attendants().isEmpty());
  }

  @Test
  void an_epoch_whose_master_drains_takes_nobody_new() {
    apply(new MemberCommand.Drain(A));
    assertFalse(apply(new MasterCommand.Attend(new Epoch(1), B)).isEmpty());
    apply(new MemberCommand.Resume(A));
    apply(new MemberCommand.Ready(A, RUN));
    assertEquals("", apply(new MasterCommand.Attend(new Epoch(1), B)), "it stays master");
  }

  @Test
  void what_an_earlier_version_has_written_is_read() throws IOException {
    byte[] unnamed = Wire.encode(out -> {
      out.writeByte(24);
      out.writeLong(1);
    });
    byte[] unattended = state.encode();
    assertEquals("", apply(Command.decode(unnamed)));
    assertFalse(state.mastership().attendants().isEmpty(), "someone attends");
    assertEquals(state, ClusterState.decode(state.encode()));
    assertTrue(ClusterState.decode(unattended).mastership().attendants().isEmpty());
    assertEquals(unattended.length + 4 + 24, state.encode().length);
  }
}
