package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.ExitCode;
import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.Folders;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Replica;
import appliance.testing.Scenario;
import appliance.testing.TestCluster;
import appliance.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A backup of the database and of one media folder brings a site back, as docs/OPERATING.md says. */
@Tag("scenario")
final class RestoredTest {

  private static final String TABLE = "CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(100))";
  private static final String ALL = "SELECT id, text FROM note ORDER BY id";
  private static final String PASSWORD_LINE = "password";

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private TestDatabase database;
  private TestCluster cluster;
  private Path backup;
  private List<List<String>> rows;

  @BeforeEach
  void a_site_with_a_backup() throws Exception {
    database = TestDatabase.start(scenario);
    database.execute(TABLE);
    cluster = new TestCluster(scenario, database::configure).start();
    for (int i = 1; i <= 20; i++) {
      database.execute("INSERT INTO note VALUES (" + i + ", 'note " + i + "')");
      write(cluster.node(i % TestCluster.SIZE), "pictures/" + i + ".txt", "picture " + i);
    }
    awaitSite(cluster.nodes(), "SELECT count(*) FROM note", List.of(List.of("20")));
    rows = database.rows(ALL);
    backup = scenario.folder("backup");
    Folders.copy(cluster.node(0).settings().media(), backup);
    Folders.delete(backup.resolve(".appliance-staging"));
  }

  @Test
  void all_machines_are_lost() throws Exception {
    cluster.nodes().forEach(NodeProcess::kill9);
    TestDatabase restored = TestDatabase.start(scenario);
    restored.execute(TABLE);
    for (List<String> row : rows) {
      restored.execute("INSERT INTO note VALUES (" + row.get(0) + ", '" + row.get(1) + "')");
    }
    List<NodeProcess> machines = new ArrayList<>();
    for (NodeProcess old : cluster.nodes()) {
      Path folder = scenario.folder("new-" + old.name());
      NodeSettings settings = old.settings();
      NodeSettings fresh = new NodeSettings(
          settings.name(),
          folder,
          settings.port(),
          settings.httpPort(),
          settings.adminPort(),
          settings.with("--media", folder.resolve("media").toString()).flags(),
          settings.environment());
      machines.add(scenario.owns(new NodeProcess(restored.configure(fresh))));
    }
    NodeProcess first = machines.get(0);
    Folders.copy(backup, first.settings().media());
    first.startAndAwait();
    assertTrue(first.log().contains(PASSWORD_LINE), "it founds a cluster, and prints a password");
    machines.subList(1, machines.size()).forEach(NodeProcess::startAndAwait);
    awaitSite(machines, ALL, rows);
    write(machines.get(2), "pictures/new.txt", "new");
    Await.until("it is a cluster", () -> Files.exists(media(machines.get(0), "pictures/new.txt")));
  }

  @Test
  void one_machine_is_lost() throws Exception {
    NodeProcess lost = cluster.node(1);
    lost.kill9();
    Folders.delete(lost.settings().data());
    Folders.delete(lost.settings().media());
    database.execute("INSERT INTO note VALUES (21, 'while it was away')");
    lost.startAndAwait();
    awaitSite(cluster.nodes(), ALL, database.rows(ALL));
  }

  @Test
  void a_machine_has_lost_what_it_knew_of_the_cluster_and_nothing_else() throws Exception {
    NodeProcess lost = cluster.node(1);
    lost.kill9();
    Folders.delete(lost.settings().data().resolve("cluster"));
    assertEquals(ExitCode.DATA_FOLDER.number(), lost.start().awaitExit(), lost.logTail());
    assertTrue(lost.log().contains("cluster/membership is missing"), lost.logTail());
    assertTrue(lost.log().contains("replica"), "it names what is there");
    Finished renewed = lost.command("new-identity", "--data", data(lost));
    assertEquals(0, renewed.exitCode(), renewed.output());
    database.execute("INSERT INTO note VALUES (21, 'while it was away')");
    lost.startAndAwait();
    awaitSite(cluster.nodes(), ALL, database.rows(ALL));
  }

  @Test
  void the_database_is_set_back() throws Exception {
    database.execute("DELETE FROM note WHERE id > 5");
    database.execute("INSERT INTO note VALUES (99, 'a mistake')");
    awaitSite(cluster.nodes(), "SELECT count(*) FROM note", List.of(List.of("6")));
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET sql_log_bin = 0"); // as a restore of the files would: unseen
      statement.execute("DELETE FROM note");
      for (List<String> row : rows) {
        statement.execute("INSERT INTO note VALUES (" + row.get(0) + ", '" + row.get(1) + "')");
      }
    }
    for (NodeProcess node : cluster.nodes()) {
      Finished rebuilt = node.command("replica", "rebuild", "--data", data(node));
      assertEquals(0, rebuilt.exitCode(), rebuilt.output());
    }
    awaitSite(cluster.nodes(), ALL, rows);
  }

  private static String data(NodeProcess node) {
    return node.settings().data().toString();
  }

  private static Path media(NodeProcess node, String file) {
    return node.settings().media().resolve(file);
  }

  private static void write(NodeProcess node, String file, String text) throws IOException {
    Files.createDirectories(media(node, file).getParent());
    Files.writeString(media(node, file), text);
  }

  /** Until each has all the files and what the query gives. */
  private static void awaitSite(List<NodeProcess> nodes, String query, List<List<String>> wanted) {
    for (NodeProcess node : nodes) {
      Await.until(
          node.name() + " has the files and " + wanted.size() + " rows",
          Await.DEADLINE,
          node::status,
          () -> hasFiles(node) && Replica.of(node).rows(query).equals(wanted));
    }
  }

  private static boolean hasFiles(NodeProcess node) throws IOException {
    for (int i = 1; i <= 20; i++) {
      Path file = media(node, "pictures/" + i + ".txt");
      if (!Files.exists(file) || !Files.readString(file).equals("picture " + i)) {
        return false;
      }
    }
    return true;
  }
}
