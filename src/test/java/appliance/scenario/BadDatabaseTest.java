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
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database that cannot be replicated stops the replica with a reason, and nothing else. */
@Tag("scenario")
final class BadDatabaseTest {

  @RegisterExtension
  static final Scenario scenario = new Scenario();

  private static NodeProcess wrongPassword;
  private static NodeProcess withoutBinlog;
  private static NodeProcess withStatements;

  /** All at once: each waits ten seconds for a replica that never comes. */
  @BeforeAll
  static void start_a_node_of_its_own_for_each() {
    wrongPassword = node(
        "wrong-password",
        TestDatabase.start(scenario),
        Map.of("APPLIANCE_DATABASE_PASSWORD", "wrong-secret"));
    withoutBinlog =
        node("without-binlog", TestDatabase.start(scenario, "--skip-log-bin"), Map.of());
    withStatements = node(
        "with-statements", TestDatabase.start(scenario, "--binlog-format=STATEMENT"), Map.of());
  }

  private static NodeProcess node(
      String name, TestDatabase database, Map<String, String> environment) {
    TestApp app = scenario.owns(new TestApp("app").start());
    NodeSettings settings = database
        .configure(NodeSettings.of(name, scenario.folder(name)))
        .with("--join", name)
        .with("--app", app.url().toString());
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      settings = settings.withEnvironment(variable.getKey(), variable.getValue());
    }
    return scenario.owns(new NodeProcess(settings)).start();
  }

  @Test
  void a_wrong_password_is_told_and_the_rest_goes_on() {
    assertReplicaTells(wrongPassword, "password");
    assertEquals(-1, wrongPassword.log().indexOf("wrong-secret"));
  }

  @Test
  void a_binlog_that_is_off_is_told_and_the_rest_goes_on() {
    assertReplicaTells(withoutBinlog, "log_bin");
  }

  @Test
  void a_binlog_of_statements_is_told_and_the_rest_goes_on() {
    assertReplicaTells(withStatements, "binlog_format");
  }

  /** In the log and in the status, while pages are served as ever. */
  private static void assertReplicaTells(NodeProcess node, String word) {
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
    return node.member(node.name()).getAsJsonObject("database");
  }
}
