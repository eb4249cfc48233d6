package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.LoadClient;
import appliance.testing.NodeProcess;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM is an orderly end: the others know at once, and the exit code says so. */
@Tag("scenario")
final class LeaveInOrderTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private TestCluster cluster;

  @BeforeEach
  void start() {
    cluster = new TestCluster(scenario, node -> node).start();
  }

  @Test
  void a_master_told_to_end_leaves_in_order_and_costs_the_others_no_request() {
    NodeProcess leaver = cluster.master();
    List<NodeProcess> others = cluster.others(leaver);
    try (LoadClient load =
        LoadClient.start(TestCluster.httpPorts(others), "/page", 6).awaitMore(500)) {
      assertEquals(0, leaver.terminate());
      cluster.awaitOneMaster(others);
      load.awaitMore(1_000);
      load.end();
      assertEquals(List.of(), load.failures(), load.toString());
    }
    for (NodeProcess node : others) {
      Await.until(
          node.name() + " knows that " + leaver.name() + " has left",
          Await.DEADLINE,
          node::status,
          () -> !knowsAsActive(node, leaver));
    }
  }

  @Test
  void all_three_told_to_end_at_once_end_in_order() {
    cluster.nodes().forEach(node -> ProcessHandle.of(node.pid()).orElseThrow().destroy());
    cluster.nodes().forEach(node -> assertEquals(0, node.awaitExit(), node.name()));
  }

  private static boolean knowsAsActive(NodeProcess node, NodeProcess left) throws Exception {
    return node.status().getAsJsonArray("members").asList().stream()
        .map(member -> member.getAsJsonObject())
        .filter(member -> left.name().equals(member.get("name").getAsString()))
        .anyMatch(member -> "ACTIVE".equals(member.get("state").getAsString()));
  }
}
