package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteConfig;
import appliance.testing.PhpFpm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Php of one of two nodes whose health path answers errors although php itself is there. */
final class PhpHealthPathTest {

  private static final String PATH = "/health.php?full=yes";

  @TempDir
  private Path folder = Path.of("");

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private URI pool(String name) throws IOException {
    return pool(name, 2);
  }

  /** Starts one; where it listens. */
  private URI pool(String name, int children) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    PhpFpm fpm = new PhpFpm(own, own + ".sock", children).with("env[POOL] = " + name);
    open.add(fpm);
    fpm.start();
    return URI.create("fastcgi+unix:" + own + ".sock");
  }

  private SitePair pair(SiteConfig here, SiteConfig there) {
    SitePair pair = new SitePair(has(List.of(here)), has(List.of(there)));
    open.add(pair);
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await("it works", () -> edge.health(SitePair.HERE).healthy());
    }
    return pair;
  }

  private static SitePair.Has has(List<SiteConfig> sites) {
    return new SitePair.Has(Optional.empty(), Optional.empty(), sites);
  }

  /** Of a pool that has this file the health path answers errors. */
  private Path broken(String name) {
    return folder.resolve("broken-" + name);
  }

  private SiteConfig site(URI... pools) throws IOException {
    Path root = Files.createDirectories(folder.resolve("shop"));
    Files.writeString(root.resolve("index.php"), "<?php echo getenv('POOL');");
    Files.writeString(
        root.resolve("health.php"),
        "<?php if (file_exists('" + folder + "/broken-' . getenv('POOL'))"
            + " || ($_GET['full'] ?? '') !== 'yes' || $_SERVER['HTTP_HOST'] !== 'shop.example')"
            + " http_response_code(500);");
    return site(
        Optional.of(root),
        Optional.of(new SiteConfig.Application(List.of(pools), Optional.of("/index.php"))));
  }

  private static SiteConfig site(Optional<Path> root, Optional<SiteConfig.Application> app) {
    return site("shop", root, app);
  }

  private static SiteConfig site(
      String name, Optional<Path> root, Optional<SiteConfig.Application> app) {
    return new SiteConfig(name, List.of(name + ".example"), List.of("admin."), root, app);
  }

  private static SiteConfig without() {
    return site(Optional.empty(), Optional.empty()).checkedAt(PATH);
  }

  private static String reason(Edge edge) {
    return edge.health(SitePair.HERE).reason();
  }

  @Test
  void its_own_node_leaves_it_out_as_the_others_do_and_says_why() throws Exception {
    URI pool = pool("one");
    SitePair pair = pair(site(pool).checkedAt(PATH), without());
    Files.createFile(broken("one"));
    Site.await(
        "here it is out", () -> reason(pair.here).startsWith("site shop: status 500 at " + pool));
    Site.await("there it is out", () -> reason(pair.there).startsWith("site shop: status 500 at "));
    for (Edge edge : List.of(pair.here, pair.there)) {
      assertEquals(503, SitePair.get(edge, "shop.example", "/").status());
    }
    Files.delete(broken("one"));
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await("it is back", () -> edge.health(SitePair.HERE).healthy());
      assertEquals("one", SitePair.get(edge, "shop.example", "/").text());
    }
  }

  @Test
  void of_several_pools_only_the_one_that_answers_errors_is_left_out() throws Exception {
    SitePair pair = pair(site(pool("one"), pool("two")).checkedAt(PATH), without());
    Site.await("both are known to work", () -> troubles(pair).isEmpty());
    Files.createFile(broken("one"));
    Site.await(
        "it is told", () -> troubles(pair).contains("one.sock for site shop: status 500 since "));
    for (Edge edge : Stream.generate(() -> List.of(pair.here, pair.there))
        .limit(5)
        .flatMap(List::stream)
        .toList()) {
      assertEquals("two", SitePair.get(edge, "shop.example", "/").text());
    }
    assertTrue(pair.here.health(SitePair.HERE).healthy());
    Files.delete(broken("one"));
    Site.await("it is back", () -> troubles(pair).isEmpty());
  }

  @Test
  void sites_that_share_one_child_do_not_keep_it_from_each_other_by_their_checks()
      throws Exception {
    URI pool = pool("one", 1);
    Path root = Files.createDirectories(folder.resolve("shared"));
    Files.writeString(root.resolve("index.php"), "<?php echo $_SERVER['HTTP_HOST'];");
    List<SiteConfig> sites = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      SiteConfig.Application app =
          new SiteConfig.Application(List.of(pool), Optional.of("/index.php"));
      sites.add(site(name, Optional.of(root), Optional.of(app)).checkedAt("/"));
    }
    SitePair pair = new SitePair(has(sites), has(List.of())); // without another node's checks
    open.add(pair);
    Site.await("all work", () -> pair.here.health(SitePair.HERE).healthy());
  }

  @Test
  void a_php_that_restarts_is_back_without_a_word() throws Exception {
    PhpFpm fpm = new PhpFpm(folder, folder + "/one.sock", 2).with("env[POOL] = one");
    open.add(fpm);
    fpm.start();
    URI pool = URI.create("fastcgi+unix:" + folder + "/one.sock");
    SitePair pair = pair(site(pool).checkedAt(PATH), without());
    fpm.close();
    Site.await("here it is out", () -> reason(pair.here).contains("is php-fpm running?"));
    fpm.start();
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await("it is back", () -> edge.health(SitePair.HERE).healthy());
      assertEquals("one", SitePair.get(edge, "shop.example", "/").text());
    }
  }

  private static String troubles(SitePair pair) {
    return String.valueOf(pair.here.source().read().json().get("applicationTroubles"));
  }
}
