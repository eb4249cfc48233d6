package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.LoadClient;
import appliance.testing.NodeProcess;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import appliance.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three starts of the same jar, and there is one site. */
@Tag("scenario")
final class ThreeNodesBecomeOneSiteTest {

  private static final int REQUESTS = 3_000;

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private TestDatabase database;
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    database = TestDatabase.start(scenario);
    database.execute("CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(100) NOT NULL)");
    cluster = new TestCluster(scenario, node -> database.configure(node)).start();
  }

  @Test
  void three_nodes_become_one_site() throws Exception {
    oneMasterOnAll();
    requestsAreSpreadEvenly();
    aRowOfTheMasterIsInEveryReplica();
    aFileOfOneIsServedByAll();
  }

  private void oneMasterOnAll() throws IOException {
    String master = cluster.awaitOneMaster(cluster.nodes());
    long epoch = cluster.node(0).status().get("epoch").getAsLong();
    for (NodeProcess node : cluster.nodes()) {
      assertEquals(master, node.master());
      assertEquals(epoch, node.status().get("epoch").getAsLong(), node.name());
    }
  }

  private void requestsAreSpreadEvenly() {
    LoadClient load = LoadClient.run(TestCluster.httpPorts(cluster.nodes()), "/page", 6, REQUESTS);
    assertEquals(List.of(), load.failures());
    assertEquals(Map.of(200, (long) REQUESTS), load.byStatus());
    assertEquals(TestCluster.SIZE, load.byApp().size(), load.toString());
    double even = REQUESTS / (double) TestCluster.SIZE;
    load.byApp().forEach((app, count) -> assertEquals(even, count, even * 0.05, load.toString()));
  }

  private void aRowOfTheMasterIsInEveryReplica() throws Exception {
    database.execute("INSERT INTO note VALUES (1, 'grüße, \uD83C\uDF0D')");
    for (NodeProcess node : cluster.nodes()) {
      Await.until(
          "the row is in the replica of " + node.name(),
          Await.DEADLINE,
          node::status,
          () -> List.of(List.of("1", "grüße, \uD83C\uDF0D"))
              .equals(Replica.of(node).rows("SELECT id, text FROM note")));
    }
  }

  private static long mediaFiles(NodeProcess node) throws IOException {
    return node.member(node.name()).getAsJsonObject("media").get("files").getAsLong();
  }

  /** The answer; one that a slow machine gives to say that it takes too long is none. */
  private static Http.Reply untilNotBusy(NodeProcess node, String path) throws IOException {
    Http.Reply[] last = {Http.get(node.settings().httpPort(), path)};
    Await.until("an answer of " + node.name(), Await.DEADLINE, () -> last[0], () -> {
      if (last[0].status() == 503) {
        last[0] = Http.get(node.settings().httpPort(), path);
      }
      return last[0].status() != 503;
    });
    return last[0];
  }

  private void aFileOfOneIsServedByAll() throws Exception {
    byte[] picture = new byte[300_000];
    new Random(7).nextBytes(picture);
    NodeProcess giver = cluster.node(1);
    Path folder = Files.createDirectories(giver.settings().media().resolve("2026"));
    Files.write(folder.resolve("picture of all.jpg"), picture);
    // From now on each node serves it, whether it has heard of it or not: who lacks it asks the
    // giver.
    Await.until(
        giver.name() + " knows the file",
        Await.DEADLINE,
        giver::status,
        () -> mediaFiles(giver) == 1);
    for (NodeProcess node : cluster.nodes()) {
      Http.Reply reply = untilNotBusy(node, "/media/2026/picture%20of%20all.jpg");
      assertEquals(200, reply.status(), node.name());
      assertArrayEquals(picture, reply.body(), node.name());
    }
    for (NodeProcess node : cluster.nodes()) {
      Path copy = node.settings().media().resolve("2026/picture of all.jpg");
      Await.until(node.name() + " holds the file", () -> Files.exists(copy));
      assertArrayEquals(picture, Files.readAllBytes(copy));
    }
    Files.delete(folder.resolve("picture of all.jpg"));
    for (NodeProcess node : cluster.nodes()) {
      Path copy = node.settings().media().resolve("2026/picture of all.jpg");
      Await.until("the delete reached " + node.name(), () -> !Files.exists(copy));
    }
  }
}
