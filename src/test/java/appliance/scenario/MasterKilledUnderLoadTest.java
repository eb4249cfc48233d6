package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.LoadClient;
import appliance.testing.NodeProcess;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.TestApp;
import appliance.testing.TestCluster;
import appliance.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The master's machine dies without a word, and comes back. */
@Tag("scenario")
final class MasterKilledUnderLoadTest {

  private static final int THREADS = 8;

  /** Far more than detection takes; only a system that does not get over it is slower. */
  private static final Duration OVER_IT = Duration.ofSeconds(30);

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
  void a_killed_master_is_replaced_and_takes_its_place_again() throws Exception {
    NodeProcess dead = cluster.master();
    List<NodeProcess> survivors = cluster.others(dead);
    long epoch = survivors.get(0).status().get("epoch").getAsLong();
    assertAdminGoesTo(dead, cluster.nodes());

    NodeProcess master;
    try (LoadClient load =
        LoadClient.start(TestCluster.httpPorts(survivors), "/page", THREADS).awaitMore(500)) {
      Duration killed = load.elapsed();
      cluster.crash(dead);
      master = cluster.node(cluster.awaitOneMaster(survivors));
      load.awaitMore(2_000);
      assertNotEquals(dead, master);
      assertTrue(survivors.get(0).status().get("epoch").getAsLong() > epoch);
      assertAdminGoesTo(master, survivors);
      assertSurvivorsGotOverIt(load, killed);
      database.execute("INSERT INTO note VALUES (1, 'while it was away')");
      Files.createDirectories(master.settings().media());
      Files.writeString(master.settings().media().resolve("missed.txt"), "while it was away");

      cluster.revive(dead);
      cluster.awaitAllActive();
    }
    itHasCaughtUp(dead);
    itTakesTrafficAgain(dead);
    assertEquals(cluster.master(), cluster.node(cluster.awaitOneMaster(cluster.nodes())));
    assertAdminGoesTo(cluster.master(), cluster.nodes());
  }

  /** What was on its way to the dead may be lost; what came after the change may not. */
  private static void assertSurvivorsGotOverIt(LoadClient load, Duration killed) {
    List<LoadClient.Failure> before = load.failures().stream()
        .filter(failure -> failure.at().compareTo(killed) < 0)
        .toList();
    List<LoadClient.Failure> late = load.failures().stream()
        .filter(failure -> failure.at().compareTo(killed.plus(OVER_IT)) > 0)
        .toList();
    assertEquals(List.of(), before);
    assertEquals(List.of(), late);
    assertTrue(load.failures().size() <= THREADS, load.toString());
  }

  private void itHasCaughtUp(NodeProcess node) {
    Await.until(
        "the row that it missed is in its replica",
        Await.DEADLINE,
        node::status,
        () -> Replica.of(node).rows("SELECT id FROM note").equals(List.of(List.of("1"))));
    Await.until(
        "the file that it missed is there",
        () -> Files.readString(node.settings().media().resolve("missed.txt"))
            .equals("while it was away"));
  }

  private void itTakesTrafficAgain(NodeProcess node) {
    TestApp app = cluster.appOf(node);
    for (NodeProcess asked : cluster.nodes()) {
      long before = app.answered();
      Await.until(asked.name() + " sends requests to " + app.name(), () -> {
        Http.get(asked.settings().httpPort(), "/page");
        return app.answered() > before;
      });
    }
  }

  private void assertAdminGoesTo(NodeProcess master, List<NodeProcess> asked) {
    String app = cluster.appOf(master).name();
    for (NodeProcess node : asked) {
      Await.until(
          "admin. at " + node.name() + " goes to " + app,
          Await.DEADLINE,
          () -> admin(node),
          () -> app.equals(admin(node).header(TestApp.NAME_HEADER)));
      for (int i = 0; i < 10; i++) {
        assertEquals(app, adminApp(node));
      }
    }
  }

  private static String adminApp(NodeProcess node) {
    try {
      return admin(node).header(TestApp.NAME_HEADER);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Http.Reply admin(NodeProcess node) throws IOException {
    return Http.request(
        node.settings().httpPort(),
        "GET",
        "/page",
        Map.of("host", "admin.site.example"),
        new byte[0]);
  }
}
