package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.ExitCode;
import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Ports;
import appliance.testing.Scenario;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is said in words that help, and costs no more than it has to. */
@Tag("scenario")
final class BadInputTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @Test
  void an_unknown_option_is_named() {
    assertRefused(ExitCode.BAD_CONFIG, node -> node.with("--colour", "red"), "--colour");
  }

  @Test
  void all_wrong_values_are_named_at_once() {
    assertRefused(
        ExitCode.BAD_CONFIG,
        node -> node.with("--port", "seven")
            .with("--http", "nowhere:99999")
            .with("--database", "oracle://x"),
        "port",
        "seven",
        "nowhere:99999",
        "database",
        "mysql://");
  }

  @Test
  void malformed_yaml_is_refused_with_its_line() throws Exception {
    Path file = scenario.folder("conf").resolve("appliance.yaml");
    Files.writeString(file, "join: test\nport: [7800\nname: x\n");
    assertRefused(
        ExitCode.BAD_CONFIG,
        node -> node.with("--config", file.toString()),
        "appliance.yaml",
        "line");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "admin", "port"})
  void a_taken_port_is_named(String which) throws Exception {
    int port = Ports.block(10); // so that of a node's ten ports no other is taken as well
    try (ServerSocket taken = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
      String value = "port".equals(which) ? String.valueOf(port) : "127.0.0.1:" + port;
      assertRefused(
          ExitCode.PORT_TAKEN,
          node -> node.with("--" + which, value),
          String.valueOf(taken.getLocalPort()));
    }
  }

  @Test
  void an_unusable_data_folder_is_named() throws Exception {
    // A file in its place: the one obstacle that stops root too.
    Path file = Files.writeString(scenario.folder("").resolve("occupied"), "x");
    assertRefused(
        ExitCode.DATA_FOLDER, node -> node.with("--data", file.resolve("data").toString()), "data");
  }

  @Test
  void an_access_log_that_cannot_be_written_is_named() throws Exception {
    Path taken = Files.writeString(scenario.folder("").resolve("taken"), "");
    Path file = taken.resolve("access.log");
    assertRefused(
        ExitCode.BAD_CONFIG,
        node -> node.with("--access-log", file.toString()),
        "--access-log " + file);
  }

  @Test
  void a_second_node_on_the_same_data_folder_is_refused() {
    NodeSettings first = NodeSettings.of("node1", scenario.folder("node1"));
    scenario.owns(new NodeProcess(first)).startAndAwait();
    assertRefused(
        ExitCode.DATA_FOLDER,
        node -> node.with("--data", first.data().toString()),
        first.data().toString());
  }

  @Test
  void unreachable_peers_do_not_stop_the_node_and_are_named() throws Exception {
    NodeSettings settings = NodeSettings.of("node1", scenario.folder("node1"));
    int nobody = Ports.free();
    NodeProcess node = scenario.owns(new NodeProcess(settings.with(
        "--peers",
        "127.0.0.1:" + settings.port() + ",127.0.0.1:" + nobody + ",no-such-host.invalid")));
    node.startAndAwait();
    Await.until("it is master", Await.DEADLINE, node::log, () -> "node1".equals(node.master()));
    String named = "None of --peers answers (127.0.0.1:" + nobody + ", no-such-host.invalid:7800)";
    assertTrue(node.log().contains(named), node.log());
  }

  @Test
  void no_path_leads_out_of_the_site_or_the_media() throws Exception {
    Path folder = scenario.folder("node1");
    Files.writeString(folder.resolve("secret.txt"), "SECRET");
    Path site = Files.createDirectories(folder.resolve("site"));
    Files.writeString(site.resolve("page.html"), "page");
    Files.createSymbolicLink(site.resolve("out.txt"), folder.resolve("secret.txt"));
    NodeSettings settings = NodeSettings.of("node1", folder);
    Files.createDirectories(settings.media());
    Files.createSymbolicLink(settings.media().resolve("out.txt"), folder.resolve("secret.txt"));
    NodeProcess node = scenario.owns(new NodeProcess(settings
        .with("--site", site.toString())
        .with("--media", settings.media().toString())));
    node.startAndAwait();

    int port = settings.httpPort();
    assertEquals("page", Http.get(port, "/page.html").text());
    List<String> wrong = new ArrayList<>();
    for (String path : HostilePaths.ALL) {
      Http.Reply reply = Http.get(port, path);
      boolean leaked = reply.text().contains("SECRET") || reply.text().contains("root:");
      if (leaked || reply.status() / 100 != 4) {
        wrong.add(path + " gave " + reply);
      }
    }
    assertEquals(List.of(), wrong);
    assertEquals("page", Http.get(port, "/page.html").text());
  }

  private void assertRefused(ExitCode code, UnaryOperator<NodeSettings> wrong, String... words) {
    NodeSettings settings = NodeSettings.of("bad", scenario.folder("bad"));
    NodeProcess node = scenario.owns(new NodeProcess(wrong.apply(settings)));
    node.start();
    Await.until("the node gives up", () -> !node.isAlive());
    String log = node.log();
    assertEquals(code.number(), node.awaitExit(), log);
    for (String word : words) {
      assertTrue(log.contains(word), "'" + word + "' is missing in: " + log);
    }
    assertFalse(log.contains("\tat "), "a stack trace is no message: " + log);
  }
}
