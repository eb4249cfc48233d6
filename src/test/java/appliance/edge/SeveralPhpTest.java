package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteConfig;
import appliance.testing.PhpFpm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shop in two php-fpm pools of one node; the other node has none. */
final class SeveralPhpTest {

  @TempDir
  private Path folder = Path.of("");

  private final Map<String, PhpFpm> pools = new HashMap<>();

  @BeforeEach
  void start_two_pools() throws IOException {
    for (String name : List.of("one", "two")) {
      Path own = Files.createDirectories(folder.resolve(name));
      PhpFpm pool = new PhpFpm(own, socket(name).toString(), 2).with("env[POOL] = " + name);
      pools.put(name, pool);
      pool.start();
    }
  }

  @AfterEach
  void stop() {
    pools.values().forEach(PhpFpm::close);
  }

  private Path socket(String name) {
    return folder.resolve(name + ".sock");
  }

  @Test
  void two_pools_of_one_node_share_its_requests_and_one_alone_serves_both_nodes() throws Exception {
    Path root = Files.createDirectories(folder.resolve("shop"));
    Files.writeString(
        root.resolve("index.php"),
        "<?php header('Cache-Control: no-store'); echo getenv('POOL'), ' ',"
            + " strlen(file_get_contents('php://input')), ' ', $_SERVER['REQUEST_URI'];");
    SiteConfig.Application both = new SiteConfig.Application(
        List.of(
            URI.create("fastcgi+unix:" + socket("one")),
            URI.create("fastcgi+unix:" + socket("two"))),
        Optional.of("/index.php"));
    try (SitePair pair = new SitePair(
        has(site(Optional.of(root), Optional.of(both))),
        has(site(Optional.empty(), Optional.empty())))) {
      for (Edge edge : List.of(pair.here, pair.there)) {
        Site.await("both pools are ready", () -> ready(pair, edge));
        Set<String> answered = new HashSet<>();
        Site.await("an answer of each", () -> {
          answered.add(get(edge));
          return answered.equals(Set.of("one 0 /a?b=c", "two 0 /a?b=c"));
        });
      }
      Optional.ofNullable(pools.get("one")).orElseThrow().close();
      for (int i = 0; i < 10; i++) {
        for (Edge edge : List.of(pair.here, pair.there)) {
          assertEquals("two 0 /a?b=c", get(edge));
        }
        // Until then each request may be tried there first, and tries at another are granted three
        // a
        // second.
        Site.await("it is told", () -> troubles(pair.here).startsWith("fastcgi+unix:"));
      }
      assertTrue(troubles(pair.here).contains("one.sock"), troubles(pair.here));
      for (int i = 0; i < 10; i++) {
        for (Edge edge : List.of(pair.here, pair.there)) {
          String written = RawClient.ask(
                  edge.port(),
                  RawClient.head("POST /save HTTP/1.1", "Host: shop.example", "Content-Length: 5")
                      + "hello")
              .text();
          assertEquals("two 5 /save", written);
        }
      }
    }
  }

  private static boolean ready(SitePair pair, Edge edge) {
    return edge.health(SitePair.HERE).healthy() && troubles(pair.here).isEmpty();
  }

  private static String get(Edge edge) {
    try {
      return SitePair.get(edge, "shop.example", "/a?b=c").text();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String troubles(Edge edge) {
    return String.valueOf(edge.source().read().json().get("applicationTroubles"));
  }

  private static SitePair.Has has(SiteConfig site) {
    return new SitePair.Has(Optional.empty(), Optional.empty(), List.of(site));
  }

  private static SiteConfig site(Optional<Path> root, Optional<SiteConfig.Application> app) {
    return new SiteConfig("shop", List.of("shop.example"), List.of("admin."), root, app);
  }
}
