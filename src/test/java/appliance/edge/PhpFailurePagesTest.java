package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteAnswers;
import appliance.config.SiteConfig;
import appliance.config.SitePaths;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgiConfig;
import appliance.fastcgi.PhpLimits;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's pages for a php that breaks off or is late, on its own node and on the other. */
final class PhpFailurePagesTest {

  private static final int BODY_BYTES_MAX = 100_000;

  @TempDir
  private Path folder = Path.of("");

  private final AtomicInteger askedLate = new AtomicInteger();
  private final FakePhp broken =
      new FakePhp(healthyBut(request -> request.socket().close()), BODY_BYTES_MAX);
  private final FakePhp late = new FakePhp(healthyBut(request -> askedLate.incrementAndGet()));
  private SitePair pair;

  /** The other node checks it by a request of its own. */
  private static FakePhp.Script healthyBut(FakePhp.Script script) {
    return request -> {
      if ("/health".equals(request.parameters().get("REQUEST_URI"))) {
        request.answer("fine");
      } else {
        script.answer(request);
      }
    };
  }

  @BeforeEach
  void serve() throws Exception {
    Path root = Files.createDirectories(folder.resolve("root"));
    Files.writeString(root.resolve("index.php"), "");
    Path pages = Files.createDirectories(folder.resolve("pages"));
    Files.writeString(pages.resolve("502.html"), "our php is ill");
    Files.writeString(pages.resolve("504.html"), "our php is slow");
    pair = new SitePair(
        new SitePair.Has(
            Optional.empty(),
            Optional.empty(),
            List.of(
                site("broken", Optional.of(root), Optional.of(broken), Optional.of(pages)),
                site("late", Optional.of(root), Optional.of(late), Optional.of(pages)),
                site("plain", Optional.of(root), Optional.of(broken), Optional.empty()))),
        new SitePair.Has(
            Optional.empty(),
            Optional.empty(),
            List.of(
                site("broken", Optional.empty(), Optional.empty(), Optional.of(pages)),
                site("late", Optional.empty(), Optional.empty(), Optional.of(pages)),
                site("plain", Optional.empty(), Optional.empty(), Optional.empty()))),
        this::impatientWithTheLate);
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await("the applications of all sites answer", () -> ready(edge));
    }
  }

  private static boolean ready(Edge edge) {
    String told = String.valueOf(edge.source().read().json().get("sites"));
    return List.of("broken", "late", "plain").stream()
        .allMatch(site -> told.contains(site + ": 1 ready"));
  }

  private FastCgiConfig impatientWithTheLate(FastCgiConfig php) {
    boolean isLate = php.address().toString().endsWith(":" + late.port());
    Duration silence = Duration.ofSeconds(3);
    return isLate ? php.with(PhpLimits.silence(php.limits(), silence, silence)) : php;
  }

  private static SiteConfig site(
      String name, Optional<Path> root, Optional<FakePhp> php, Optional<Path> pages) {
    return new SiteConfig(
            name,
            List.of(name + ".example"),
            List.of("admin."),
            root,
            php.map(fake -> new SiteConfig.Application(
                URI.create("fastcgi://127.0.0.1:" + fake.port()), Optional.of("/index.php"))))
        .checkedAt("/health")
        .with(SitePaths.DEFAULTS, new SiteAnswers(Map.of(), List.of(), pages, 0, Duration.ZERO));
  }

  @AfterEach
  void close() throws Exception {
    pair.close();
    broken.close();
    late.close();
  }

  private static void assertPage(int status, String page, RawClient.Reply reply) {
    assertEquals(status, reply.status());
    assertEquals(page, reply.text());
    assertTrue(reply.has("Content-Type: text/html; charset=utf-8\r\n"), reply.head());
    assertFalse(reply.has("Appliance-"), reply.head());
    assertTrue(reply.whole());
  }

  @Test
  void a_php_that_breaks_off_gets_the_page_of_its_site_on_every_node() throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      assertPage(502, "our php is ill", SitePair.get(edge, "broken.example", "/"));
      assertPage(502, "our php is ill", SitePair.post(edge, "broken.example", "/"));
    }
  }

  @Test
  void a_php_that_is_late_gets_the_page_of_its_site_on_every_node() throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      int before = askedLate.get();
      assertPage(504, "our php is slow", SitePair.get(edge, "late.example", "/"));
      assertEquals(before + 1, askedLate.get(), "nobody else is asked");
    }
  }

  @Test
  void a_php_that_breaks_off_within_an_upload_does_so_too() throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      String body = "x".repeat(3 * BODY_BYTES_MAX);
      String head = RawClient.head(
          "POST /upload HTTP/1.1", "Host: broken.example", "Content-Length: " + body.length());
      assertPage(502, "our php is ill", RawClient.ask(edge.port(), head + body));
    }
  }

  @Test
  void without_a_page_of_the_operator_the_reason_is_told_in_plain_words() throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      RawClient.Reply reply = SitePair.get(edge, "plain.example", "/");
      assertEquals("502 Bad Gateway: the application broke off\n", reply.text());
      assertFalse(reply.has("Appliance-"), reply.head());
    }
  }
}
