package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.NodeProcess;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import appliance.testing.TestDatabase;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The power is switched on for all machines at once: the first time, and after it was cut. */
@Tag("scenario")
final class StartTogetherTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @RepeatedTest(3)
  void three_first_starts_at_once_end_in_one_cluster() throws Exception {
    TestCluster cluster = new TestCluster(scenario, node -> node).start();
    Set<String> ids = new HashSet<>();
    for (NodeProcess node : cluster.nodes()) {
      assertEquals(3, node.status().getAsJsonArray("members").size());
      ids.add(node.member(node.name()).get("id").getAsString());
    }
    assertEquals(3, ids.size());
  }

  @Test
  void three_killed_nodes_come_back_as_the_same_cluster_with_their_data() throws Exception {
    TestDatabase database = TestDatabase.start(scenario);
    database.execute("CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(100) NOT NULL)");
    database.execute("INSERT INTO note VALUES (1, 'before')");
    TestCluster cluster = new TestCluster(scenario, database::configure).start();
    Files.writeString(cluster.node(0).settings().media().resolve("kept.txt"), "kept");
    cluster.nodes().forEach(node -> awaitData(node, 1));
    String id = cluster.node(0).member("node1").get("id").getAsString();
    long epoch = cluster.node(0).status().get("epoch").getAsLong();

    cluster.nodes().forEach(NodeProcess::kill9);
    database.execute("INSERT INTO note VALUES (2, 'while all were away')");
    cluster.start();

    cluster.nodes().forEach(node -> awaitData(node, 2));
    assertEquals(id, cluster.node(0).member("node1").get("id").getAsString());
    assertEquals(
        true, cluster.node(0).status().get("epoch").getAsLong() >= epoch, "the epoch went back");
  }

  private static void awaitData(NodeProcess node, int rows) {
    Await.until(
        rows + " rows in the replica of " + node.name(),
        Await.DEADLINE,
        node::status,
        () -> Replica.of(node)
            .rows("SELECT COUNT(*) FROM note")
            .equals(List.of(List.of(String.valueOf(rows)))));
    Await.until(
        "the file is at " + node.name(),
        () -> Files.readString(node.settings().media().resolve("kept.txt")).equals("kept"));
  }
}
