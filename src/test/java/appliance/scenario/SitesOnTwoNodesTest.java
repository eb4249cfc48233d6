package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import appliance.testing.Http;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.PhpFpm;
import appliance.testing.Ports;
import appliance.testing.Scenario;
import appliance.testing.TestApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two real nodes with a configuration file each: a shop in php on the first, docs behind HTTP on the
 * second, and a default site on both.
 */
@Tag("scenario")
final class SitesOnTwoNodesTest {

  private static final List<String> HOSTS =
      List.of("shop.example", "docs.example", "other.example");

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private NodeProcess first;
  private NodeProcess second;
  private TestApp docs;

  @BeforeEach
  void start() throws IOException {
    docs = scenario.owns(new TestApp("docs").start());
    Path shop = scenario.folder("shop");
    Files.writeString(shop.resolve("robots.txt"), "of the shop");
    Files.writeString(
        shop.resolve("index.php"),
        "<?php echo 'shop ', $_SERVER['REQUEST_URI'], ' ', $_SERVER['REMOTE_ADDR'];");
    String php = "127.0.0.1:" + Ports.free();
    scenario.owns(new PhpFpm(scenario.folder("fpm"), php, 2).start());
    List<NodeSettings> both = List.of(
        NodeSettings.of("node1", scenario.folder("node1")),
        NodeSettings.of("node2", scenario.folder("node2")));
    first = node(both, 0, """
        sites:
          - name: shop
            hosts: [shop.example]
            root: %s
            app: fastcgi://%s
            media: shop
            media-path: /uploads/
            redirects: [{from: /old/*, to: /new/$1}]
          - {name: docs, hosts: [docs.example]}
        """.formatted(shop, php));
    second = node(both, 1, """
        sites:
          - {name: shop, hosts: [shop.example], media: shop, media-path: /uploads/}
          - {name: docs, hosts: [docs.example], app: "%s", app-health-path: %s}
        """.formatted(docs.url(), TestApp.HEALTH_PATH));
    first.start();
    second.start();
    first.awaitActive();
    second.awaitActive();
  }

  /** The default site's exceptions open none of another site's media. */
  private NodeProcess node(List<NodeSettings> both, int index, String sites) throws IOException {
    NodeSettings settings = both.get(index);
    TestApp app = scenario.owns(new TestApp("main of " + settings.name()).start());
    Path file = Files.writeString(
        settings.folder().resolve("appliance.yaml"),
        sites + "default-site: {never-served: [\"!/*\", \"!*.txt\"]}\n");
    return scenario.owns(new NodeProcess(settings
        .withPeers(both)
        .with("--config", file.toString())
        .with("--media", settings.media().toString())
        .with("--app", app.url().toString())
        .with("--app-health-path", TestApp.HEALTH_PATH)));
  }

  private static Http.Reply ask(NodeProcess node, String method, String host, String path)
      throws IOException {
    return Http.request(
        node.settings().httpPort(), method, path, Map.of("host", host), new byte[0]);
  }

  private void awaitSites(NodeProcess node) {
    Await.until(node.name() + " reaches every site", Await.DEADLINE, node::status, () -> {
      for (String host : HOSTS) {
        if (ask(node, "GET", host, "/").status() != 200) {
          return false;
        }
      }
      return true;
    });
  }

  @Test
  void every_node_answers_every_site_and_a_site_that_lost_its_application_harms_no_other()
      throws Exception {
    for (NodeProcess node : List.of(first, second)) {
      awaitSites(node);
      for (String method : List.of("GET", "POST")) {
        awaitText(node, method, "shop.example", "/a/b?c=1", "shop /a/b?c=1 127.0.0.1");
        awaitText(node, method, "docs.example", "/a", "docs\n");
        awaitText(node, method, "other.example", "/a", "main of node");
      }
    }
    awaitText(first, "GET", "shop.example", "/robots.txt", "of the shop");
    assertEquals("/new/x", ask(first, "GET", "shop.example", "/old/x").header("location"));
    showsMediaOfTheShop();
    Await.until(
        "each tells the other of its sites",
        Await.DEADLINE,
        second::status,
        () -> second
            .member("node1")
            .getAsJsonObject("edge")
            .get("sites")
            .getAsString()
            .equals("shop: 1 ready; docs: 1 ready"));
    docs.close();
    Await.until(
        "docs are gone",
        Await.DEADLINE,
        first::status,
        () -> ask(first, "GET", "docs.example", "/").status() == 503);
    awaitText(first, "GET", "other.example", "/", "main of node");
    awaitText(second, "GET", "shop.example", "/x", "shop /x");
    docs.start();
    awaitSites(first);
  }

  /** A machine without time to spare may miss a health check in between. */
  private static void awaitText(
      NodeProcess node, String method, String host, String path, String beginning) {
    Await.until(
        method + " " + path + " of " + host + " by " + node.name(),
        Await.DEADLINE,
        node::status,
        () -> ask(node, method, host, path).text().startsWith(beginning));
  }

  /** Written on one node, found on the other, and by no other site. */
  private void showsMediaOfTheShop() throws IOException {
    Path part = Files.createDirectories(first.settings().media().resolve("shop/2026"));
    Files.writeString(part.resolve("cat.txt"), "a cat");
    Files.writeString(part.resolve("shell.php"), "<?php echo 'never';");
    Await.until(
        "the other node has the cat",
        Await.DEADLINE,
        second::status,
        () -> ask(second, "GET", "shop.example", "/uploads/2026/cat.txt").text().equals("a cat"));
    for (NodeProcess node : List.of(first, second)) {
      assertEquals(
          404, ask(node, "GET", "other.example", "/media/shop/2026/cat.txt").status());
      assertEquals(
          404, ask(node, "GET", "shop.example", "/uploads/2026/shell.php").status());
    }
  }
}
