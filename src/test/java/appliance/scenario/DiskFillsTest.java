package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.ExitCode;
import appliance.testing.Await;
import appliance.testing.LoadClient;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.NotifySocket;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import appliance.testing.lab.Disks;
import appliance.testing.lab.Hosts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The disk of a node is full while it serves, and later is not; it is a real one. */
@Tag("scenario")
final class DiskFillsTest {

  private static final int MEGABYTES = 64;

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @BeforeEach
  void disks_can_be_made() {
    Assumptions.assumeTrue(Hosts.isRoot(), "skipped: not root: no disk can be made");
  }

  private Disks disk(Path at) {
    return scenario.owns(new Disks(List.of(at), MEGABYTES));
  }

  /** Three nodes, of which a service starts the first, which is master. */
  private TestCluster cluster() {
    NotifySocket service = scenario.owns(new NotifySocket());
    TestCluster cluster = new TestCluster(
            scenario, of -> of.withEnvironment("NOTIFY_SOCKET", notified(of) ? service.path() : ""))
        .start();
    NodeProcess node = cluster.node(0);
    told(node, "handover", node.name());
    assertEquals(node, cluster.master());
    return cluster;
  }

  private static boolean notified(NodeSettings settings) {
    return settings.name().equals("node1");
  }

  @Test
  void the_node_says_why_and_is_back_once_there_is_room() {
    Disks disk = disk(scenario.folder("node1").resolve("data"));
    TestCluster cluster = cluster();
    NodeProcess node = cluster.node(0);
    List<NodeProcess> others = cluster.others(node);
    try (LoadClient writes =
        LoadClient.startWriting(TestCluster.httpPorts(others), "/page", 4).awaitMore(100)) {
      disk.fill(1);
      String full = full(node);
      awaitWarning(node, full);
      assertTrue(told(node, "status").contains(full));
      assertTrue(node.log().contains(full), node.logTail());
      cluster.awaitOneMaster(others);
      writes.awaitMore(100);
      told(others.get(0), "drain", others.get(1).name());

      disk.free();
      assertEquals(ExitCode.NOT_NOW.number(), node.awaitExit(), node.logTail());
      node.startAndAwait(); // as its service does
      Await.until(
          "what was agreed on meanwhile is known to it",
          Await.DEADLINE,
          node::status,
          () -> node.member(others.get(1).name()).get("state").getAsString().startsWith("DRAIN"));
      told(node, "resume", others.get(1).name());
      cluster.awaitAllActive();
      writes.awaitMore(100);
    }
  }

  @Test
  void a_log_with_a_disk_of_its_own_waits_for_room_on_that() {
    NotifySocket service = scenario.owns(new NotifySocket());
    NodeSettings settings = NodeSettings.of("n1", scenario.folder("n1"))
        .withEnvironment("NOTIFY_SOCKET", service.path());
    Disks disk = disk(settings.data().resolve("cluster"));
    NodeProcess node = scenario.owns(new NodeProcess(settings)).startAndAwait();
    disk.fill(1);
    awaitWarning(node, full(node));
    disk.free();
    assertEquals(ExitCode.NOT_NOW.number(), node.awaitExit(), node.logTail());
    node.startAndAwait();
  }

  @Test
  void a_node_that_was_started_by_hand_ends_once_there_is_room_and_says_so_at_last() {
    NodeSettings settings = NodeSettings.of("n1", scenario.folder("n1"));
    Disks disk = disk(settings.data());
    NodeProcess node = scenario.owns(new NodeProcess(settings)).startAndAwait();
    disk.fill(1);
    awaitWarning(node, full(node));
    disk.free();
    assertEquals(ExitCode.NOT_NOW.number(), node.awaitExit(), node.logTail());
    List<String> said = node.log().lines().toList();
    assertEquals(
        "appliance: the disk was full and has room again: start this node again; a service does by itself",
        said.get(said.size() - 1));
    node.startAndAwait();
  }

  private static String full(NodeProcess node) {
    return "The disk of " + node.settings().data() + "/cluster/raft is full: free space there";
  }

  private static void awaitWarning(NodeProcess node, String words) {
    Await.until(
        "its status says why",
        Await.DEADLINE,
        node::status,
        () -> node.status().get("warnings").toString().contains(words));
  }

  private static String told(NodeProcess node, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--data", node.settings().data().toString()));
    return node.command(all.toArray(String[]::new)).output();
  }
}
