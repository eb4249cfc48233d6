package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteConfig;
import appliance.fastcgi.FakePhp;
import appliance.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that close, as servers do, a connection by which no more of an upload comes for a while. */
final class SlowUploadsTest {

  /** Longer than what excuses it. */
  private static final int PATIENCE_MILLIS = 1_200;

  /** As many as would take one out. */
  private static final int GIVEN_UP = 5;

  /** More than is read before php is asked. */
  private static final String HALF = "x".repeat(100_000);

  @TempDir
  private Path root = Path.of("");

  private SitePair.Has has(URI http, URI php) {
    return new SitePair.Has(
        Optional.empty(), Optional.empty(), List.of(site("http", http), site("php", php)));
  }

  private SiteConfig site(String name, URI app) {
    Optional<String> front = Optional.of("/index.php");
    boolean php = app.toString().startsWith("fastcgi");
    return new SiteConfig(
            name,
            List.of(name + ".example"),
            List.of("admin."),
            php ? Optional.of(root) : Optional.empty(),
            Optional.of(new SiteConfig.Application(app, php ? front : Optional.empty())))
        .checkedAt("/health");
  }

  private static RawApp impatient() {
    return new RawApp(request -> {
      request.socket().setSoTimeout(PATIENCE_MILLIS);
      request.body();
    });
  }

  private static FakePhp impatientPhp() {
    FakePhp php = new FakePhp(request -> {
      if ("/health".equals(request.parameters().get("REQUEST_URI"))) {
        request.answer("well");
        return;
      }
      Await.pause(PATIENCE_MILLIS);
      request.socket().close();
    });
    php.impatient = true;
    return php;
  }

  @Test
  void they_are_not_to_blame_on_whichever_node_the_client_asks() throws Exception {
    Files.writeString(root.resolve("index.php"), "");
    try (RawApp http = impatient();
        FakePhp php = impatientPhp();
        RawApp others = new RawApp(request -> {
          request.ok("other");
          throw new IOException("it takes nothing of the body");
        });
        SitePair pair = SitePair.apart(
            has(http.uri(), URI.create("fastcgi://127.0.0.1:" + php.port())),
            has(others.uri(), others.uri()))) {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (Edge edge : List.of(pair.here, pair.there)) {
        Site.await("all are ready", () -> ready(edge));
        for (String host : List.of("http.example", "php.example")) {
          all.add(CompletableFuture.runAsync(() -> untilGivenUp(edge, host)));
        }
      }
      all.forEach(CompletableFuture::join);
      for (Edge edge : List.of(pair.here, pair.there)) {
        assertEquals(0, Site.metric(edge, "edge_upstream_ejections_total"));
        assertEquals(0, Site.metric(edge, "edge_upstream_failures_total"));
        assertTrue(ready(edge));
      }
    }
  }

  private static boolean ready(Edge edge) {
    String sites = String.valueOf(edge.source().read().json().get("sites"));
    return sites.contains("http: 2 ready") && sites.contains("php: 2 ready");
  }

  private static void untilGivenUp(Edge edge, String host) {
    for (int givenUp = 0; givenUp < GIVEN_UP; ) {
      String head = RawClient.head(
          "POST / HTTP/1.1", "Host: " + host, "Content-Length: " + 2 * HALF.length());
      try (RawClient client = new RawClient(edge.port())) {
        client.send(head + HALF);
        int status = client.reply().status();
        assertTrue(status == 200 || status == 502, "status " + status);
        givenUp += status == 502 ? 1 : 0;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
