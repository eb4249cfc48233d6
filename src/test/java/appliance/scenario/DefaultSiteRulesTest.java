package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.PhpFpm;
import appliance.testing.Ports;
import appliance.testing.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real node with one site, in php, and the rules of that site in its file. */
@Tag("scenario")
final class DefaultSiteRulesTest {

  private static final String RULES = """
      default-site:
        front-controller: /start.php
        never-served: [/private/*]
        redirects: [{from: "/blog/*", to: "/news/$1"}]
        rewrites: [{from: "/wiki/*", to: "/start.php?title=$1"}]
        headers: {X-Frame-Options: DENY}
        cache-control:
          - {path: "*.css", value: max-age=60}
          - {path: "/images/*", value: max-age=7}
      """;

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private NodeProcess start() throws IOException {
    Path root = scenario.folder("www");
    Files.writeString(
        root.resolve("start.php"),
        "<?php echo $_SERVER['REQUEST_URI'], ' ', json_encode($_GET), ' ', PHP_SAPI;");
    Files.writeString(root.resolve("style.css"), "a {}");
    Files.writeString(Files.createDirectories(root.resolve("private")).resolve("x.txt"), "x");
    Path images = Files.createDirectories(root.resolve("images"));
    Files.writeString(images.resolve("cat.txt"), "a cat");
    Files.writeString(images.resolve("shell.php"), "<?php echo 'never';");
    String php = "127.0.0.1:" + Ports.free();
    scenario.owns(new PhpFpm(scenario.folder("fpm"), php, 2).start());
    NodeSettings settings = NodeSettings.of("node1", scenario.folder("node1"));
    Path file = Files.writeString(settings.folder().resolve("appliance.yaml"), RULES);
    NodeProcess started = scenario.owns(new NodeProcess(settings
        .withPeers(List.of(settings))
        .with("--config", file.toString())
        .with("--site", root.toString())
        .with("--media", images.toString())
        .with("--app", "fastcgi://" + php)));
    started.start();
    started.awaitActive();
    return started;
  }

  private static Http.Reply get(NodeProcess node, String path) throws IOException {
    return Http.get(node.settings().httpPort(), path);
  }

  @Test
  void they_are_kept_by_files_and_by_php() throws Exception {
    NodeProcess node = start();
    Await.until("php answers", () -> get(node, "/a/b?c=1").status() == 200);
    assertEquals("/a/b?c=1 {\"c\":\"1\"} fpm-fcgi", get(node, "/a/b?c=1").text());
    assertEquals(
        "/wiki/Cat {\"title\":\"Cat\"} fpm-fcgi", get(node, "/wiki/Cat").text());
    assertEquals("/news/7", get(node, "/blog/7").header("location"));
    assertEquals(404, get(node, "/private/x.txt").status());
    assertEquals("max-age=60", get(node, "/style.css").header("cache-control"));
    assertEquals("max-age=7", get(node, "/images/cat.txt").header("cache-control"));
    for (String path : List.of("/style.css", "/a", "/images/cat.txt", "/private/x.txt")) {
      assertEquals("DENY", get(node, path).header("x-frame-options"), path);
    }
    assertEquals("a cat", get(node, "/images/cat.txt").text());
    assertEquals(404, get(node, "/images/shell.php").status());
  }
}
