package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.Shortage;
import appliance.testing.LogLines;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class MasterLogTest {

  private static final NodeId SELF = new NodeId(new UUID(0, 1));

  private static final NodeId OTHER = new NodeId(new UUID(0, 2));

  @AutoClose
  private final LogLines told = LogLines.of(Cluster.class);

  private static ClusterView view(boolean quorum, Shortage shortage) {
    return new ClusterView(
        "shop",
        SELF,
        new Epoch(1),
        Optional.empty(),
        quorum,
        List.of(),
        shortage,
        "",
        false,
        Optional.empty());
  }

  @Test
  void a_majority_that_is_lost_is_told_once_with_who_is_missing_and_what_to_do() {
    ClusterView whole = view(true, Shortage.NONE);
    ClusterView alone = view(false, new Shortage(3, List.of("web2", "web3"), false));
    MasterLog.changed(view(false, Shortage.NONE), alone, false); // as at a start: not yet there
    MasterLog.changed(whole, alone, true); // as at an end in order: the others end, too
    assertEquals(List.of(), told.all());
    MasterLog.changed(whole, alone, false);
    MasterLog.changed(alone, alone, false);
    assertEquals(
        List.of(
            "The majority is lost, and with it the master: " + alone.shortage().words()),
        told.all());
  }

  @Test
  void a_failover_is_told_with_its_cause_and_its_end() {
    ClusterView all = view(1, SELF, MemberState.ACTIVE, "");
    ClusterView gone = view(2, OTHER, MemberState.DOWN, "cannot be reached");
    MasterLog.changed(view(true, Shortage.NONE), all, false);
    MasterLog.changed(all, view(1, null, MemberState.ACTIVE, ""), false);
    MasterLog.changed(all, gone, false);
    MasterLog.changed(gone, view(2, OTHER, MemberState.ACTIVE, ""), false);
    assertEquals(List.of("c is down: cannot be reached"), told.warnings());
    List<String> lines = told.all();
    assertEquals("The master is a (epoch 1)", lines.get(0));
    assertTrue(lines.get(1).startsWith("This node does not write as master for now"), lines.get(1));
    assertEquals(
        List.of("c is down: cannot be reached", "The master is b (epoch 2)", "c is back"),
        lines.subList(2, 5));
    assertEquals(5, lines.size(), lines.toString());
  }

  private static ClusterView view(
      long epoch, @Nullable NodeId master, MemberState third, String reason) {
    return new ClusterView(
        "shop",
        SELF,
        new Epoch(epoch),
        Optional.ofNullable(master),
        true,
        List.of(
            member(SELF, "a", MemberState.ACTIVE, ""),
            member(OTHER, "b", MemberState.ACTIVE, ""),
            member(new NodeId(new UUID(0, 3)), "c", third, reason)));
  }

  private static Member member(NodeId id, String name, MemberState state, String reason) {
    HostPort host = new HostPort("127.0.0.1", 7800);
    return new Member(
        id, name, new Endpoints(host, host, host, host, Optional.empty()), state, reason);
  }
}
