package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteAnswers;
import appliance.config.SiteConfig;
import appliance.config.SitePaths;
import appliance.edge.upstream.UpstreamLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Applications that speak HTTP and fail: clients of their own node and those of another one, which asks its relay,
 * get the same.
 */
final class RelayFailuresTest {

  private static final String OWN_PAGE = "the application's own";
  private static final int UPLOAD_BYTES = 3_000_000;

  @TempDir
  private Path folder = Path.of("");

  private final CountDownLatch end = new CountDownLatch(1);
  private final RawApp failing = new RawApp(this::fail);
  private final RawApp sound = RawApp.saying("sound");
  private SitePair pair;

  private void fail(RawApp.Request request) throws IOException, InterruptedException {
    if ("/upload".equals(request.path())) {
      throw new IOException("it takes none of the body");
    }
    request.body();
    switch (request.path()) {
      case "/broken" -> throw new IOException("it gives no answer");
      case "/garbage" -> request.write("SMTP 220 ready\r\n\r\n");
      case "/late" -> end.await();
      case "/half" -> {
        request.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it");
        throw new IOException("it breaks off");
      }
      default -> {
        String status = request.path().substring(1);
        request.write("HTTP/1.1 " + status + " X\r\nAppliance-Relay-Unsent: forged\r\n"
            + "Appliance-Relay-Failed: forged\r\nAppliance-Relay-Fenced: forged\r\n"
            + "Content-Length: " + OWN_PAGE.length() + "\r\n\r\n" + OWN_PAGE);
      }
    }
  }

  @BeforeEach
  void serve() throws Exception {
    Path pages = folder.resolve("pages");
    Files.createDirectories(pages);
    for (int status : List.of(502, 503, 504)) {
      Files.writeString(pages.resolve(status + ".html"), "our page for " + status);
    }
    pair = pair(UpstreamLimits.DEFAULTS, pages);
    failing.requests.set(0);
  }

  /**
   * @param limits of the node whose application fails
   */
  private SitePair pair(UpstreamLimits limits, Path pages) {
    SitePair made = SitePair.apart(
        new SitePair.Has(
            Optional.empty(),
            Optional.empty(),
            List.of(
                site("failing", Optional.of(failing), pages),
                site("both", Optional.of(failing), pages)),
            limits),
        new SitePair.Has(
            Optional.empty(),
            Optional.empty(),
            List.of(
                site("failing", Optional.empty(), pages),
                site("both", Optional.of(sound), pages))));
    for (Edge edge : List.of(made.here, made.there)) {
      Site.await("the applications of all sites answer", () -> ready(edge));
    }
    return made;
  }

  private static boolean ready(Edge edge) {
    return sites(edge).contains("failing: 1 ready") && sites(edge).contains("both: 2 ready");
  }

  private static String sites(Edge edge) {
    return String.valueOf(edge.source().read().json().get("sites"));
  }

  private static SiteConfig site(String name, Optional<RawApp> app, Path pages) {
    return new SiteConfig(
            name,
            List.of(name + ".example"),
            List.of("admin."),
            Optional.empty(),
            app.map(raw -> new SiteConfig.Application(raw.uri(), Optional.empty())))
        .checkedAt("/health")
        .with(
            SitePaths.DEFAULTS,
            new SiteAnswers(Map.of(), List.of(), Optional.of(pages), 0, Duration.ZERO));
  }

  @AfterEach
  void close() throws Exception {
    end.countDown();
    pair.close();
    failing.close();
    sound.close();
  }

  private static RawClient.Reply ask(Edge edge, String method, String path) throws IOException {
    return RawClient.ask(
        edge.port(),
        RawClient.head(
            method + " " + path + " HTTP/1.1", "Host: failing.example", "Content-Length: 0"));
  }

  private static void assertPage(int status, RawClient.Reply reply) {
    assertEquals(status, reply.status());
    assertEquals("our page for " + status, reply.text());
    assertTrue(reply.has("Content-Type: text/html; charset=utf-8\r\n"), reply.head());
    assertFalse(reply.has("Appliance-Relay"), reply.head());
    assertTrue(reply.whole());
  }

  @ParameterizedTest
  @CsvSource({"GET, /broken, 502", "POST, /broken, 502", "GET, /garbage, 502", "POST, /garbage, 502"
  })
  void one_without_an_answer_gets_the_operators_page_on_every_node(
      String method, String path, int status) throws Exception {
    gets(pair, method, path, status);
  }

  @Test
  void one_that_is_late_does_so_too() throws Exception {
    UpstreamLimits impatient = HttpLimits.firstByte(UpstreamLimits.DEFAULTS, Duration.ofSeconds(2));
    try (SitePair waiting = pair(impatient, folder.resolve("pages"))) {
      gets(waiting, "GET", "/late", 504);
      gets(waiting, "POST", "/late", 504);
    }
  }

  private void gets(SitePair from, String method, String path, int status) throws Exception {
    for (Edge edge : List.of(from.here, from.there)) {
      failing.requests.set(0);
      assertPage(status, ask(edge, method, path));
      // A kept connection that ends at once counts as closed before: a fresh one is tried.
      int most = path.equals("/broken") ? 2 : 1;
      assertTrue(failing.requests.get() <= most, "nobody asks it again: " + failing.requests);
    }
  }

  @Test
  void one_that_takes_no_upload_does_so_too() throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      String head = RawClient.head(
          "POST /upload HTTP/1.1", "Host: failing.example", "Content-Length: " + UPLOAD_BYTES);
      assertPage(502, RawClient.ask(edge.port(), head + "x".repeat(UPLOAD_BYTES)));
    }
  }

  @Test
  void an_answer_that_breaks_off_never_looks_whole_on_any_node() throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      RawClient.Reply reply = ask(edge, "GET", "/half");
      assertFalse(reply.whole(), reply.head() + reply.text());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 403, 500, 502, 503, 504})
  void what_the_application_answers_itself_goes_out_as_it_is(int status) throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      for (String method : List.of("GET", "POST")) {
        failing.requests.set(0);
        RawClient.Reply reply = ask(edge, method, "/" + status);
        assertEquals(status, reply.status());
        assertEquals(OWN_PAGE, reply.text());
        assertFalse(reply.has("Appliance-Relay"), reply.head());
        assertEquals(1, failing.requests.get());
      }
    }
  }

  @Test
  void one_that_has_seen_nothing_of_a_request_leaves_it_to_another_nodes() throws Exception {
    failing.kill();
    for (int i = 0; i < 10; i++) {
      for (Edge edge : List.of(pair.here, pair.there)) {
        assertEquals("sound", SitePair.get(edge, "both.example", "/x").text());
        assertEquals("sound", SitePair.post(edge, "both.example", "/x").text());
      }
      untilKnownAsDead();
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, /broken", "PUT, /broken", "GET, /garbage", "DELETE, /garbage"})
  void one_that_fails_a_request_that_may_run_twice_leaves_it_to_another_nodes(
      String method, String path) throws Exception {
    for (Edge edge : List.of(pair.here, pair.there)) {
      failing.requests.set(0);
      for (int i = 0; i < 4; i++) { // fewer than would have it ejected
        RawClient.Reply reply = RawClient.ask(
            edge.port(),
            RawClient.head(
                method + " " + path + " HTTP/1.1", "Host: both.example", "Content-Length: 0"));
        assertEquals("sound", reply.text());
      }
      assertTrue(failing.requests.get() > 0, "it was asked");
    }
  }

  /** Until then each request may be tried there first, and tries at another are granted three a second. */
  private void untilKnownAsDead() {
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await("it is known", () -> sites(edge).contains("both: 1 ready"));
    }
  }
}
