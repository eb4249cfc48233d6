package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteConfig;
import appliance.status.Sample;
import appliance.testing.PhpFpm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three sites on one port of two nodes: a shop in php (here), docs behind HTTP (there), and the default
 * one (files here, an application on both).
 */
final class EdgeSitesTest {

  @TempDir
  private Path folder = Path.of("");

  private final RawApp mainHere = RawApp.saying("main of here");
  private final RawApp mainThere = RawApp.saying("main of there");
  private final RawApp docs = RawApp.saying("docs");
  private PhpFpm fpm;
  private SitePair pair;

  @BeforeEach
  void serve() throws Exception {
    Path main = root("main");
    Path shop = root("shop");
    Path manuals = root("docs");
    Files.writeString(
        shop.resolve("index.php"),
        "<?php header('X-Front: yes'); foreach (['REQUEST_URI','SCRIPT_NAME','PATH_INFO',"
            + "'SERVER_NAME','HTTP_APPLIANCE_SITE'] as $n) echo $n, '=', $_SERVER[$n] ?? '-', ' ';");
    Files.writeString(shop.resolve("tool.php"), "<?php echo 'tool ', $_SERVER['PATH_INFO'] ?? '';");
    Files.createDirectories(shop.resolve("blog"));
    Files.writeString(shop.resolve("blog/index.php"), "<?php echo 'blog';");
    Path socket = folder.resolve("fpm.sock");
    fpm = new PhpFpm(folder, socket.toString(), 2).start();
    URI php = URI.create("fastcgi+unix:" + socket);
    SiteConfig shopHere = site("shop", List.of("shop.example", "*.shop.example"), shop, php);
    SiteConfig shopThere = site("shop", shopHere.hosts(), null, null);
    SiteConfig docsThere = site("docs", List.of("docs.example"), manuals, docs.uri());
    SiteConfig docsHere = site("docs", docsThere.hosts(), null, null);
    pair = new SitePair(
        new SitePair.Has(
            Optional.of(mainHere.uri()), Optional.of(main), List.of(shopHere, docsHere)),
        new SitePair.Has(
            Optional.of(mainThere.uri()), Optional.empty(), List.of(shopThere, docsThere)));
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await(
          "the applications of all sites answer",
          () -> edge.health(SitePair.HERE).healthy()
              && edge.health(SitePair.THERE).healthy()
              && "shop: 1 ready; docs: 1 ready".equals(told(edge)));
    }
  }

  private Path root(String name) throws IOException {
    Path root = Files.createDirectories(folder.resolve(name));
    SitePair.write(root.resolve("robots.txt"), "of " + name);
    Files.writeString(root.resolve(name + ".txt"), "only in " + name);
    return root;
  }

  private static SiteConfig site(
      String name,
      List<String> hosts,
      @org.jspecify.annotations.Nullable Path root,
      @org.jspecify.annotations.Nullable URI app) {
    return new SiteConfig(
        name,
        hosts,
        List.of("admin."),
        Optional.ofNullable(root),
        Optional.ofNullable(app)
            .map(url -> new SiteConfig.Application(url, Optional.of("/index.php"))));
  }

  @AfterEach
  void close() throws Exception {
    pair.close();
    fpm.close();
    for (RawApp app : List.of(mainHere, mainThere, docs)) {
      app.close();
    }
  }

  private static String text(Edge at, String host, String path) throws IOException {
    return SitePair.get(at, host, path).text();
  }

  @Test
  void the_host_decides_whose_application_answers_on_every_node() throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      for (String host :
          List.of("shop.example", "SHOP.example:80", "a.b.shop.example", "shop.example.")) {
        String page = text(edge, host, "/a/post?x=1");
        assertTrue(page.startsWith("REQUEST_URI=/a/post?x=1 SCRIPT_NAME=/index.php "), page);
        assertTrue(page.endsWith("HTTP_APPLIANCE_SITE=- "), page);
      }
      assertEquals("docs", text(edge, "docs.example", "/page"));
      assertTrue(text(edge, "notdocs.example", "/page").startsWith("main of "));
      assertTrue(text(edge, "xshop.example", "/page").startsWith("main of "));
    }
    assertFalse(String.join("", docs.heads).contains("ppliance-Site"), "not for applications");
  }

  @Test
  void a_write_goes_by_the_relay_to_the_application_of_its_site() throws Exception {
    assertEquals("docs", SitePair.post(pair.here, "docs.example", "/save").text());
    assertFalse(String.join("", docs.heads).contains("ppliance-Site"), "not for applications");
    String page = SitePair.post(pair.there, "shop.example", "/cart").text();
    assertTrue(page.startsWith("REQUEST_URI=/cart "), page);
    String forged = RawClient.ask(
            pair.there.port(),
            RawClient.head(
                "POST /x HTTP/1.1",
                "Host: other.example",
                "Appliance-Site: shop",
                "Content-Length: 0"))
        .text();
    assertTrue(forged.startsWith("main of "), forged);
  }

  @Test
  void files_are_shown_by_their_own_site_only_also_when_they_are_hot() throws Exception {
    try (RawClient kept = new RawClient(pair.here.port())) {
      SitePair.untilHot(pair.here, () -> {
        for (String host : List.of("shop.example", "other.example")) {
          kept.send(RawClient.head("GET /robots.txt HTTP/1.1", "Host: " + host));
          assertEquals(
              host.startsWith("shop") ? "of shop" : "of main", kept.reply().text());
        }
        return true;
      });
    }
    assertEquals("only in shop", text(pair.here, "shop.example", "/shop.txt"));
    assertTrue(text(pair.here, "shop.example", "/main.txt").startsWith("REQUEST_URI=/main.txt"));
    assertTrue(text(pair.here, "other.example", "/shop.txt").startsWith("main of "));
    assertEquals("of docs", text(pair.there, "docs.example", "/robots.txt"));
    assertEquals("docs", text(pair.here, "docs.example", "/robots.txt"), "here has no such files");
  }

  @Test
  void a_script_with_a_path_behind_it_then_the_folders_own_then_the_front_controller()
      throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      assertEquals("tool /a/b", text(edge, "shop.example", "/tool.php/a/b"));
      assertEquals("blog", text(edge, "shop.example", "/blog/"));
      assertEquals(301, SitePair.get(edge, "shop.example", "/blog").status());
      assertTrue(SitePair.get(edge, "shop.example", "/any/thing/").has("X-Front: yes"));
    }
  }

  @Test
  void a_star_is_the_site_of_all_hosts_that_are_no_other_sites_and_strange_sites_are_told()
      throws Exception {
    SiteConfig all = site("all", List.of("*"), null, docs.uri());
    SiteConfig own = site("own", List.of("own.example"), null, mainHere.uri());
    try (SitePair two = new SitePair(
        new SitePair.Has(Optional.of(mainHere.uri()), Optional.empty(), List.of(all, own)),
        new SitePair.Has(Optional.of(mainThere.uri()), Optional.empty(), List.of()))) {
      Site.await("both are ready", () -> "all: 1 ready; own: 1 ready".equals(told(two.here)));
      assertEquals("docs", text(two.here, "any.example", "/"));
      assertEquals("main of here", text(two.here, "own.example", "/"));
      String strange =
          "all: not in this node's configuration; own: not in this node's configuration";
      Site.await("strange sites are told", () -> strange.equals(told(two.there)));
      assertEquals("all, own", two.there.source().read().json().get("unknownSites"));
      assertTrue(text(two.there, "any.example", "/").startsWith("main of "));
    }
  }

  private static String told(Edge edge) {
    return String.valueOf(edge.source().read().json().get("sites"));
  }

  @Test
  void the_admin_hosts_of_a_site_go_to_the_master() throws Exception {
    String page = text(pair.there, "admin.shop.example", "/");
    assertTrue(page.startsWith("REQUEST_URI=/ "), page);
    for (int i = 0; i < 6; i++) {
      assertEquals("main of here", text(pair.there, "admin.other.example", "/"));
    }
  }

  @Test
  void each_site_is_counted_by_its_name_and_strangers_make_no_new_ones() throws Exception {
    text(pair.here, "shop.example", "/");
    text(pair.here, "docs.example", "/");
    for (int i = 0; i < 20; i++) {
      text(pair.here, "stranger" + i + ".example", "/");
    }
    Site.await(
        "they are counted",
        () -> count(pair.here, "shop") == 1
            && count(pair.here, "docs") == 1
            && count(pair.here, "other") == 20);
    assertEquals(Set.of("admin", "other", "shop", "docs"), sites(pair.here));
    assertEquals(
        "shop: 1 ready; docs: 1 ready", pair.here.source().read().json().get("sites"));
  }

  private static Set<String> sites(Edge edge) {
    return edge.source().families().stream()
        .filter(family -> family.name().equals("edge_site_requests_total"))
        .flatMap(family -> family.samples().stream())
        .map(sample -> sample.labels().getOrDefault("site", ""))
        .collect(Collectors.toSet());
  }

  private static long count(Edge edge, String site) {
    return edge.source().families().stream()
        .filter(family -> family.name().equals("edge_site_requests_total"))
        .flatMap(family -> family.samples().stream())
        .filter(sample -> site.equals(sample.labels().get("site")))
        .mapToLong(
            sample -> sample instanceof Sample.Value value ? value.value().longValue() : 0)
        .sum();
  }
}
