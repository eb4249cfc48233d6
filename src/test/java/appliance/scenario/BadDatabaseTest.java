package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Scenario;
import appliance.testing.TestApp;
import appliance.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database that cannot be replicated stops the replica with a reason, and nothing else. */
@Tag("scenario")
final class BadDatabaseTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @Test
  void a_wrong_password_is_told_and_the_rest_goes_on() throws Exception {
    TestDatabase database = TestDatabase.start(scenario);
    NodeProcess node = nodeWith(database, "APPLIANCE_DATABASE_PASSWORD", "wrong-secret");
    assertReplicaTells(node, "password");
    assertEquals(-1, node.log().indexOf("wrong-secret"));
  }

  @Test
  void a_binlog_that_is_off_is_told_and_the_rest_goes_on() throws Exception {
    TestDatabase database = TestDatabase.start(scenario, "--skip-log-bin");
    assertReplicaTells(nodeWith(database, "X", "x"), "log_bin");
  }

  @Test
  void a_binlog_of_statements_is_told_and_the_rest_goes_on() throws Exception {
    TestDatabase database = TestDatabase.start(scenario, "--binlog-format=STATEMENT");
    assertReplicaTells(nodeWith(database, "X", "x"), "binlog_format");
  }

  private NodeProcess nodeWith(TestDatabase database, String variable, String value) {
    TestApp app = scenario.owns(new TestApp("app").start());
    NodeSettings settings = database
        .configure(NodeSettings.of("node1", scenario.folder("node1")))
        .with("--app", app.url().toString())
        .withEnvironment(variable, value);
    return scenario.owns(new NodeProcess(settings)).start();
  }

  /** In the log and in the status, while pages are served as ever. */
  private static void assertReplicaTells(NodeProcess node, String word) throws Exception {
    Await.until(
        "the status tells '" + word + "'",
        Await.DEADLINE,
        node::status,
        () -> database(node).toString().toLowerCase(Locale.ROOT).contains(word));
    Await.until(
        "the log tells '" + word + "'",
        () -> node.log().toLowerCase(Locale.ROOT).contains(word));
    Await.until(
        "pages are served",
        () -> Http.get(node.settings().httpPort(), "/page").text().equals("app\n"));
  }

  private static JsonObject database(NodeProcess node) throws Exception {
    return node.member("node1").getAsJsonObject("database");
  }
}
