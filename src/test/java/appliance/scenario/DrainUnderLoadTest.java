package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.LoadClient;
import appliance.testing.NodeProcess;
import appliance.testing.Scenario;
import appliance.testing.TestApp;
import appliance.testing.TestCluster;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node is taken out of rotation and put back, and nobody outside can tell. */
@Tag("scenario")
final class DrainUnderLoadTest {

  @RegisterExtension
  static final Scenario scenario = new Scenario();

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new TestCluster(scenario, node -> node).start();
    cluster.nodes().forEach(node -> cluster.appOf(node).delay(5));
  }

  @BeforeEach
  void all_are_in_rotation() {
    cluster.awaitAllActive();
  }

  @Test
  void drain_and_resume_of_a_replica_cost_no_request() throws Exception {
    NodeProcess master = cluster.master();
    drainAndResume(cluster.others(master).get(0), master);
  }

  @Test
  void drain_and_resume_of_the_master_cost_no_request() throws Exception {
    NodeProcess master = cluster.master();
    drainAndResume(master, cluster.others(master).get(0));
  }

  private static void drainAndResume(NodeProcess drained, NodeProcess asked) throws IOException {
    TestApp app = cluster.appOf(drained);
    try (LoadClient load =
        LoadClient.start(TestCluster.httpPorts(cluster.nodes()), "/page", 9).awaitMore(500)) {
      command(asked, "drain", drained.name());
      for (NodeProcess node : cluster.nodes()) {
        awaitState(node, drained, "DRAINED");
      }
      long answered = app.answered();
      load.awaitMore(1_000);
      assertEquals(answered, app.answered(), "requests to a drained node's application");

      command(asked, "resume", drained.name());
      for (NodeProcess node : cluster.nodes()) {
        awaitState(node, drained, "ACTIVE");
      }
      load.awaitMore(1_000);
      Await.until(
          "a resumed node's application gets requests again", () -> app.answered() > answered);
      load.end();
      assertEquals(List.of(), load.failures(), load.toString());
    }
  }

  private static void awaitState(NodeProcess seer, NodeProcess seen, String state) {
    Await.until(
        seer.name() + " sees " + seen.name() + " " + state,
        Await.DEADLINE,
        seer::status,
        () -> state.equals(seer.member(seen.name()).get("state").getAsString()));
  }

  private static void command(NodeProcess asked, String command, String node) {
    Finished finished =
        asked.command(command, node, "--data", asked.settings().data().toString());
    assertEquals(0, finished.exitCode(), finished.output());
  }
}
