package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.LoadClient;
import appliance.testing.NextVersion;
import appliance.testing.NodeProcess;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import appliance.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every node gets another jar, one at a time and the master last, as docs/OPERATING.md says. */
@Tag("scenario")
final class RollingUpgradeTest {

  private static final String NEXT = "99.0.0";
  private static final int WRITERS = 2;

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private final List<String> missed = new ArrayList<>();
  private TestDatabase database;
  private TestCluster cluster;
  private long acknowledged;

  @BeforeEach
  void start() throws Exception {
    database = TestDatabase.start(scenario);
    database.execute("CREATE TABLE note (text VARCHAR(100) PRIMARY KEY)");
    cluster = new TestCluster(scenario, database::configure).start();
    cluster.nodes().forEach(node -> cluster.appOf(node).delay(20));
  }

  @Test
  void no_request_fails_and_no_acknowledged_write_is_lost_while_nodes_are_upgraded()
      throws Exception {
    Path jar =
        NextVersion.of(NodeProcess.jar(), NEXT, scenario.folder("next").resolve("appliance.jar"));
    NodeProcess last = cluster.master();
    List<NodeProcess> first = cluster.others(last);

    upgrade(first.get(0), jar);
    for (NodeProcess node : cluster.nodes()) {
      Await.until(
          node.name() + " tells of both versions",
          Await.DEADLINE,
          node::status,
          () -> node.status()
              .get("warnings")
              .toString()
              .contains(NEXT + " (" + first.get(0).name()));
    }
    upgrade(first.get(1), jar);
    upgrade(last, jar);

    cluster.awaitAllActive();
    for (NodeProcess node : cluster.nodes()) {
      Await.until(
          node.name() + " has what it missed, and knows one version",
          Await.DEADLINE,
          node::status,
          () -> hasAll(node) && !node.status().get("warnings").toString().contains(NEXT));
    }
    long written = cluster.nodes().stream()
        .mapToLong(node -> cluster.appOf(node).answered())
        .sum();
    assertEquals(acknowledged, written, "writes that were acknowledged, and that were done");
  }

  /** Its clients are sent to the others meanwhile. */
  private void upgrade(NodeProcess node, Path jar) throws Exception {
    NodeProcess asked = cluster.others(node).get(0);
    try (LoadClient load =
        LoadClient.startWriting(TestCluster.httpPorts(cluster.others(node)), "/page", WRITERS)) {
      load.awaitMore(50);
      command(asked, "drain", node.name(), "--wait");
      assertEquals(0, node.terminate(), node.name());
      write(asked, "while " + node.name() + " was away");

      node.program(jar);
      node.start();
      awaitState(asked, node, "DRAINED");
      load.awaitMore(50);
      command(asked, "resume", node.name());
      awaitState(asked, node, "ACTIVE");
      Await.until(
          "its version is told",
          Await.DEADLINE,
          asked::status,
          () -> NEXT.equals(version(asked, node)));
      load.awaitMore(50);
      load.end();
      assertEquals(List.of(), load.failures(), load.toString());
      acknowledged += load.byApp().values().stream().mapToLong(n -> n).sum();
    }
  }

  private void write(NodeProcess node, String text) throws IOException, SQLException {
    database.execute("INSERT INTO note VALUES ('" + text + "')");
    Files.createDirectories(node.settings().media());
    Files.writeString(node.settings().media().resolve(text + ".txt"), text);
    missed.add(text);
  }

  private boolean hasAll(NodeProcess node) throws IOException, SQLException {
    for (String text : missed) {
      if (!Files.exists(node.settings().media().resolve(text + ".txt"))) {
        return false;
      }
    }
    return Replica.of(node).rows("SELECT text FROM note").size() == missed.size();
  }

  private static String version(NodeProcess asked, NodeProcess node) throws IOException {
    return asked.member(node.name()).getAsJsonObject("process").get("version").getAsString();
  }

  private static void awaitState(NodeProcess seer, NodeProcess seen, String state) {
    Await.until(
        seer.name() + " sees " + seen.name() + " " + state,
        Await.DEADLINE,
        seer::status,
        () -> state.equals(seer.member(seen.name()).get("state").getAsString()));
  }

  private static void command(NodeProcess asked, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--data", asked.settings().data().toString()));
    Finished finished = asked.command(all.toArray(String[]::new));
    assertEquals(0, finished.exitCode(), finished.output());
  }
}
