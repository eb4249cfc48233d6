package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Scenario;
import appliance.testing.TestApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real node whose application has a name that no name server knows yet, as containers do that start later. */
@Tag("scenario")
final class ApplicationByNameTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @Test
  void it_is_said_that_the_name_is_unknown_and_the_site_comes_up_once_it_is_known()
      throws Exception {
    TestApp app = scenario.owns(new TestApp("late").start());
    Path hosts = Files.writeString(scenario.folder("names").resolve("hosts"), "127.0.0.1 other\n");
    NodeSettings settings = NodeSettings.of("node1", scenario.folder("node1"))
        .with("--app", app.url().toString().replace("127.0.0.1", "app.test"))
        .withEnvironment("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts);
    NodeProcess node = scenario.owns(new NodeProcess(settings)).startAndAwait();
    Await.until("the node says why there is no application", () -> {
      Http.Reply reply = Http.get(settings.httpPort(), "/");
      assertTrue(reply.status() >= 500, reply.toString());
      return node.status().toString().contains("no address is known for the name app.test");
    });
    Files.writeString(hosts, "127.0.0.1 app.test\n");
    Await.until("the site is there", () -> answers(settings));
    assertEquals("late", Http.get(settings.httpPort(), "/").header(TestApp.NAME_HEADER));
  }

  private static boolean answers(NodeSettings settings) throws IOException {
    return Http.get(settings.httpPort(), "/").status() == 200;
  }
}
