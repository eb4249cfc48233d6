package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ConfigReader;
import appliance.config.LocalMachine;
import appliance.config.SiteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rules of a site, as an operator writes them, make of requests. */
final class EdgeSiteRulesTest {

  private static final String RULES = """
      join: test
      trusted-proxies: [192.0.2.1]
      sites:
        - name: shop
          hosts: [shop.example]
          root: FOLDER/shop
          app: APP
          never-served: [/private/*, "*.log", "!/.auth/*"]
          redirects:
            - {from: /old, to: /new}
            - {from: /blog/*, to: "https://blog.example/$1", status: 302}
            - {from: "~^/p/([0-9]+)/?$", to: "/post?id=$1", status: 308}
            - {from: /go*, to: /$1}
            - {from: /data/*, to: /moved}
            - {from: "~^(a|/a+)+x$", to: /never}
          rewrites:
            - {from: /show, to: /data/file.txt}
            - {from: /api/*, to: "/index?path=$1"}
            - {from: /peek/*, to: /$1}
            - {from: /many/*, to: "/index?all=$1$1$1$1$1"}
          headers:
            X-Frame-Options: SAMEORIGIN
            X-Powered-By: ""
          cache-control:
            - {path: "*.css", value: "public, max-age=600"}
          error-pages: FOLDER/pages
        - name: raw
          hosts: [raw.example]
          root: FOLDER/shop
          app: APP
          encoded-slashes: pass
          never-served: [/private/*]
          redirects:
            - {from: /old/*, to: /new/$1}
        - name: canon
          hosts: ["*.canon.example"]
          app: APP
          redirects:
            - {from: "/*", to: "http://www.canon.example/$1"}
        - name: secure
          hosts: [secure.example]
          app: APP
          https-redirect: 8443
          hsts: 1h
        - name: down
          hosts: [down.example]
          app: http://127.0.0.1:1
          error-pages: FOLDER/pages
      """;

  @TempDir
  private Path folder = Path.of("");

  private final RawApp app = new RawApp(request -> {
    request.body();
    String text = request.path();
    request.write(
        "HTTP/1.1 200 OK\r\nX-Powered-By: it\r\nX-Frame-Options: ALLOW\r\nContent-Length: "
            + text.length() + "\r\n\r\n" + text);
  });
  private SitePair pair;

  @BeforeEach
  void serve() throws Exception {
    Path shop = Files.createDirectories(folder.resolve("shop"));
    Path pages = Files.createDirectories(folder.resolve("pages"));
    Files.createDirectories(shop.resolve("data"));
    SitePair.write(shop.resolve("data/file.txt"), "the file");
    Files.writeString(shop.resolve("style.css"), "a {}");
    SitePair.write(shop.resolve("plain.txt"), "plain");
    Files.writeString(shop.resolve("debug.log"), "secret");
    Files.writeString(pages.resolve("404.html"), "not in this shop");
    Files.writeString(pages.resolve("503.html"), "the shop is closed");
    Path file = folder.resolve("appliance.yaml");
    Files.writeString(
        file,
        RULES.replace("FOLDER", folder.toString()).replace("APP", app.uri().toString()));
    List<SiteConfig> sites = new ConfigReader(Map.of(), () -> new LocalMachine("web1", "127.0.0.1"))
        .read(Map.of(), Optional.of(file))
        .edge()
        .sites();
    pair = new SitePair(
        new SitePair.Has(Optional.of(app.uri()), Optional.empty(), sites),
        new SitePair.Has(Optional.empty(), Optional.empty(), List.of()));
    for (String site : List.of("shop", "raw", "canon", "secure")) {
      Site.await(
          site + " answers",
          () -> String.valueOf(pair.here.source().read().json().get("sites"))
              .contains(site + ": 1 ready"));
    }
    Site.await("the default site answers", () -> !pair.here.rotation().ready().isEmpty());
  }

  @AfterEach
  void close() {
    pair.close();
    app.close();
  }

  private RawClient.Reply shop(String path) throws IOException {
    return SitePair.get(pair.here, "shop.example", path);
  }

  /** The client awaits the answer before it sends any of its body, and would wait for ever. */
  @ParameterizedTest
  @CsvSource({
    "shop.example, /old, 301",
    "shop.example, /private/x, 404",
    "secure.example, /a, 308",
  })
  void who_is_sent_elsewhere_or_refused_is_told_before_the_body(
      String host, String path, int status) throws Exception {
    try (RawClient client = new RawClient(pair.here.port())) {
      client.send(RawClient.head(
          "POST " + path + " HTTP/1.1",
          "Host: " + host,
          "Expect: 100-continue",
          "Content-Length: 1000000"));
      RawClient.Reply reply = client.reply();
      assertEquals(status, reply.status(), reply.head());
      assertTrue(reply.has("Connection: close") && reply.whole(), reply.head());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.git/config",
        "/.git",
        "/%2egit/config",
        "/.env",
        "/.ENV",
        "/a/b/.htaccess",
        "/.htpasswd",
        "/.svn;x/entries",
        "/a/.well-known/x",
        "/uploads/shell.php",
        "/wp-content/uploads/2026/01/shell.PHP",
        "/wp-content/uploads/shell.php/picture.jpg",
        "/wp-content/uploads/shell.php;picture.jpg",
        "/sites/default/files/x.phtml",
        "/files/x.php7",
      })
  void no_site_serves_hidden_names_or_uploaded_scripts(String path) throws Exception {
    for (String host : List.of("shop.example", "raw.example", "other.example")) {
      assertEquals(404, SitePair.get(pair.here, host, path).status(), host);
      assertEquals(404, SitePair.post(pair.here, host, path).status(), host);
    }
    assertEquals(0, app.requests.get(), "no application sees it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/private/",
        "/private/a/b",
        "/%70rivate/a",
        "/debug.log",
        "/any/where.log",
        "/peek/private/x",
        "/peek/.env"
      })
  void what_a_site_never_serves_is_a_404_with_its_own_page(String path) throws Exception {
    RawClient.Reply reply = shop(path);
    assertEquals(404, reply.status());
    assertEquals("not in this shop", reply.text());
    assertEquals(0, app.requests.get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/.well-known/acme-challenge/x",
        "/.auth/login",
        "/uploads/my.pharmacy.pdf",
        "/privates",
        "/log"
      })
  void what_only_looks_alike_is_served(String path) throws Exception {
    assertEquals(path, shop(path).text());
  }

  @ParameterizedTest
  @CsvSource({
    "/old, 301, /new",
    "/old?x=1, 301, /new?x=1",
    "/blog/2026/a%20b%C3%A9, 302, https://blog.example/2026/a%20b%C3%A9",
    "/p/17, 308, /post?id=17",
    "/p/17?x=1, 308, /post?id=17",
    "/go/evil.example/, 301, /evil.example/",
    "/go//evil.example/, 301, /evil.example/",
    "/go%0d%0aX: y, 400, ",
    "/gox%3Fa%23b, 301, /x%3Fa%23b",
  })
  void redirects_lead_where_they_say_and_never_to_a_host_that_a_client_names(
      String path, int status, String location) throws Exception {
    RawClient.Reply reply = shop(path);
    assertEquals(status, reply.status(), reply.head());
    assertTrue(location == null || reply.has("Location: " + location + "\r\n"), reply.head());
    assertEquals(0, app.requests.get());
  }

  @Test
  void all_hosts_are_sent_to_one_and_that_one_to_itself_no_more() throws Exception {
    RawClient.Reply reply = SitePair.get(pair.here, "a.canon.example", "/x%20y?z=1");
    assertEquals(301, reply.status());
    assertTrue(reply.has("Location: http://www.canon.example/x%20y?z=1\r\n"), reply.head());
    for (String host : List.of("www.canon.example", "WWW.canon.example")) {
      for (String path : List.of("/x%20y?z=1", "/")) {
        assertEquals(path, SitePair.get(pair.here, host, path).text());
      }
    }
  }

  @Test
  void a_rewritten_request_reaches_the_application_as_what_it_is_taken_for() throws Exception {
    assertEquals("/index?path=a%2Fb%26c", shop("/api/a/b%26c").text());
    assertEquals("/index?path=a&x=1", shop("/api/a?x=1").text());
  }

  @Test
  void a_rewritten_file_is_never_a_hot_answer_to_the_path_that_it_has() throws Exception {
    try (RawClient kept = new RawClient(pair.here.port())) {
      for (int i = 0; i < 30; i++) {
        kept.send(RawClient.head("GET /show HTTP/1.1", "Host: shop.example"));
        assertEquals("the file", kept.reply().text());
        kept.send(RawClient.head("GET /data/file.txt HTTP/1.1", "Host: shop.example"));
        RawClient.Reply moved = kept.reply();
        assertTrue(moved.status() == 301 && moved.has("Location: /moved\r\n"), moved.head());
      }
    }
  }

  @Test
  void every_answer_of_the_site_has_its_headers() throws Exception {
    List<RawClient.Reply> all = new ArrayList<>();
    for (String path : List.of("/any", "/old", "/.git", "/style.css")) {
      all.add(shop(path));
    }
    try (RawClient kept = new RawClient(pair.here.port())) {
      SitePair.untilHot(pair.here, () -> {
        kept.send(RawClient.head("GET /plain.txt HTTP/1.1", "Host: shop.example"));
        return all.add(kept.reply());
      });
    }
    for (RawClient.Reply reply : all) {
      assertTrue(reply.has("X-Frame-Options: SAMEORIGIN\r\n"), reply.head());
      assertFalse(reply.has("X-Powered-By"), reply.head());
    }
    RawClient.Reply other = SitePair.get(pair.here, "other.example", "/any");
    assertTrue(other.has("X-Frame-Options: ALLOW\r\n"), other.head());
    assertTrue(other.has("X-Powered-By: it\r\n"), other.head());
  }

  @Test
  void files_are_kept_by_caches_as_their_pattern_says() throws Exception {
    assertTrue(shop("/style.css").has("Cache-Control: public, max-age=600\r\n"));
    assertFalse(shop("/plain.txt").has("Cache-Control"));
  }

  @Test
  void encoded_slashes_are_passed_on_as_they_are_by_the_site_that_wants_them_only()
      throws Exception {
    for (String host : List.of("shop.example", "other.example")) {
      assertEquals(400, SitePair.get(pair.here, host, "/a%2Fb").status());
    }
    for (String path : List.of("/a%2Fb", "/a%2fb/c", "/data%2Ffile.txt", "/a%252Fb")) {
      assertEquals(path, SitePair.get(pair.here, "raw.example", path).text());
    }
    for (String path : List.of("/a%2F..%2Fb", "/..%2fb", "/a/%2e%2e%2Fb", "/a%5Cb", "/%2F%2e%2e")) {
      assertEquals(400, SitePair.get(pair.here, "raw.example", path).status(), path);
    }
    for (String path : List.of("/private%2Fx", "/a%2f.git%2Fconfig", "/uploads%2Fx.php")) {
      assertEquals(404, SitePair.get(pair.here, "raw.example", path).status(), path);
    }
    assertTrue(
        SitePair.get(pair.here, "raw.example", "/old/a%2Fb").has("Location: /new/a%2Fb\r\n"));
  }

  @Test
  void a_site_of_its_own_goes_to_https_and_the_others_stay() throws Exception {
    RawClient.Reply reply = SitePair.get(pair.here, "secure.example", "/a?b=1");
    assertEquals(301, reply.status());
    assertTrue(reply.has("Location: https://secure.example:8443/a?b=1\r\n"), reply.head());
    assertEquals("/a", shop("/a").text());
  }

  @Test
  void a_site_without_an_application_that_works_has_its_own_page_for_it() throws Exception {
    RawClient.Reply reply = SitePair.get(pair.here, "down.example", "/");
    assertEquals(503, reply.status());
    assertEquals("the shop is closed", reply.text());
    assertTrue(pair.here.health(SitePair.HERE).reason().startsWith("site down: "));
  }

  @Test
  @Timeout(60)
  void a_rule_that_would_go_back_for_ever_and_a_path_without_end_cost_nothing() throws Exception {
    String path = "/" + "a".repeat(4000);
    for (int i = 0; i < 20; i++) {
      assertEquals(path, shop(path).text());
    }
    assertEquals(414, shop("/" + "a".repeat(5000)).status());
    assertEquals(200, shop("/many/" + "a".repeat(3000)).status());
    assertEquals(414, shop("/many/" + "a".repeat(4000)).status());
  }
}
