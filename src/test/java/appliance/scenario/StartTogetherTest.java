package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.NodeProcess;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.TestApp;
import appliance.testing.TestCluster;
import appliance.testing.TestDatabase;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The power is switched on for all machines at once: the first time, and after it was cut. */
@Tag("scenario")
final class StartTogetherTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @Test // once, as nearly every scenario begins this way
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
  void of_three_killed_nodes_the_first_one_back_serves_reads_two_have_a_master_and_nothing_is_lost()
      throws Exception {
    TestDatabase database = TestDatabase.start(scenario);
    database.execute("CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(100) NOT NULL)");
    database.execute("INSERT INTO note VALUES (1, 'before')");
    TestCluster cluster = new TestCluster(scenario, database::configure).start();
    Files.writeString(cluster.node(0).settings().media().resolve("kept.txt"), "kept");
    cluster.nodes().forEach(node -> awaitData(node, 1));
    cluster.nodes().forEach(StartTogetherTest::awaitThreeVoters);
    String id = cluster.node(0).member("node1").get("id").getAsString();
    long epoch = cluster.node(0).status().get("epoch").getAsLong();

    cluster.nodes().forEach(NodeProcess::kill9);
    database.execute("INSERT INTO note VALUES (2, 'while all were away')");
    NodeProcess first = cluster.node(0).start();
    itServesReadsAndNamesTheMissing(first, cluster.appOf(first).name());
    NodeProcess second = cluster.node(1).start();
    cluster.awaitOneMaster(List.of(first, second));
    Await.until("writes work again", () -> page(first, "POST").status() == 200);
    Await.until(
        "nobody is missing to a majority", () -> missing(second.status()).isEmpty());
    cluster.node(2).start();
    cluster.awaitAllActive();

    cluster.nodes().forEach(node -> awaitData(node, 2));
    assertEquals(id, cluster.node(0).member("node1").get("id").getAsString());
    assertEquals(
        true, cluster.node(0).status().get("epoch").getAsLong() >= epoch, "the epoch went back");
  }

  private static void itServesReadsAndNamesTheMissing(NodeProcess node, String app)
      throws IOException {
    Await.until(
        "it serves reads by its own application and knows who is missing",
        Await.DEADLINE,
        node::status,
        () -> node.status().get("readOnly").getAsBoolean()
            && missing(node.status()).equals(List.of("node2", "node3"))
            && app.equals(page(node, "GET").header(TestApp.NAME_HEADER)));
    Http.Reply refused = page(node, "POST");
    assertEquals(503, refused.status());
    assertEquals("2", refused.header("Retry-After"));
    assertTrue(refused.text().contains("missing: node2, node3"), refused.text());
    String shown =
        node.command("status", "--data", node.settings().data().toString()).output();
    assertTrue(shown.contains("missing: node2, node3"), shown);
    assertTrue(shown.contains("recover --force-new-cluster"), shown);
  }

  private static void awaitThreeVoters(NodeProcess node) {
    Await.until(
        node.name() + " knows three voters",
        Await.DEADLINE,
        node::status,
        () -> node.member(node.name()).getAsJsonObject("cluster").get("voters").getAsInt()
            == TestCluster.SIZE);
  }

  private static List<String> missing(JsonObject status) {
    return status.getAsJsonArray("missing").asList().stream()
        .map(JsonElement::getAsString)
        .toList();
  }

  private static Http.Reply page(NodeProcess node, String method) throws IOException {
    return Http.request(node.settings().httpPort(), method, "/page", Map.of(), new byte[0]);
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
