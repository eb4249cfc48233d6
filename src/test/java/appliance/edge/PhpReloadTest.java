package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteConfig;
import appliance.fastcgi.PhpLimits;
import appliance.testing.Await;
import appliance.testing.PhpFpm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A php-fpm that kills its children, answers under way and all, to begin anew: a reload as it is by default. */
final class PhpReloadTest {

  /** More than would take it out, had each of them failed by itself. */
  private static final int CUT_BY_EACH_EDGE = 6;

  private static final int CHILDREN = 16;

  @TempDir
  private Path folder = Path.of("");

  private final List<PhpFpm> pools = new ArrayList<>();
  private final List<RawClient> held = new ArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();

  @AfterEach
  void stop() throws IOException {
    for (RawClient client : held) {
      client.close();
    }
    pools.forEach(PhpFpm::close);
  }

  /** Tells which pool it is of; or that it is there, and then waits without an end. */
  private SiteConfig shop(int several) throws IOException {
    Path root = Files.createDirectories(folder.resolve("shop"));
    Files.createDirectories(folder.resolve("held"));
    Files.writeString(
        root.resolve("index.php"),
        "<?php if (isset($_GET['hold'])) { while (ob_get_level()) { ob_end_flush(); }"
            + " touch('" + folder.resolve("held") + "/' . getenv('POOL') . '-' . $_GET['id']);"
            + " if ($_SERVER['REQUEST_METHOD'] == 'GET') { echo str_repeat('x', 100000); flush(); }"
            + " while (true) { usleep(10000); } }"
            + " echo getenv('POOL');");
    List<URI> urls = new ArrayList<>();
    for (int i = 0; i < several; i++) {
      Path own = Files.createDirectories(folder.resolve("pool" + i));
      Path socket = folder.resolve(i + ".sock");
      pools.add(new PhpFpm(own, socket.toString(), CHILDREN)
          .with("env[POOL] = pool" + i)
          .start());
      urls.add(URI.create("fastcgi+unix:" + socket));
    }
    return site(Optional.of(root), new SiteConfig.Application(urls, Optional.of("/index.php")));
  }

  private static SiteConfig site(Optional<Path> root, SiteConfig.Application app) {
    return new SiteConfig(
        "shop", List.of("shop.example"), List.of("admin."), root, Optional.of(app));
  }

  private static SitePair.Has has(SiteConfig site) {
    return new SitePair.Has(Optional.empty(), Optional.empty(), List.of(site));
  }

  private String head(String method, String query) {
    return RawClient.head(
        method + " /?id=" + ids.incrementAndGet() + query + " HTTP/1.1",
        "Host: shop.example",
        "Content-Length: 0");
  }

  /** Those that are under way, of any pool, or of one that has this name. */
  private long held(String pool) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("held"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(pool))
          .count();
    }
  }

  /** Until so many more are under way with the first pool. */
  private void hold(Edge by, String method, RawApp other) throws IOException {
    long enough = held("pool0") + CUT_BY_EACH_EDGE;
    while (held("pool0") < enough) {
      RawClient client = new RawClient(by.port());
      held.add(client);
      client.send(head(method, "&hold"));
      Await.until("it is there", () -> held("") + other.requests.get() == held.size());
      if (method.equals("GET")) {
        assertEquals('H', client.in.read());
      }
    }
  }

  /** Reads and writes in turn, one at a time, until {@code over}; returns those that failed. */
  private CompletableFuture<List<String>> others(Edge by, AtomicBoolean over) {
    List<String> failed = new ArrayList<>();
    return CompletableFuture.supplyAsync(() -> {
      for (int i = 0; !over.get(); i++) {
        String head = head(i % 2 == 0 ? "GET" : "POST", "");
        try {
          RawClient.Reply reply = RawClient.ask(by.port(), head);
          if (reply.status() != 200 || !reply.whole()) {
            failed.add(head + reply.head());
          }
        } catch (IOException e) {
          failed.add(head + e);
        }
      }
      return failed;
    });
  }

  /** Reads are cut within their answers, writes before. */
  @ParameterizedTest
  @CsvSource({"1,GET", "2,GET", "1,POST", "2,POST"})
  void all_that_it_cuts_is_one_failure_and_what_it_never_saw_is_answered(int several, String method)
      throws Exception {
    try (RawApp other = RawApp.saying("other");
        SitePair pair = new SitePair(
            has(shop(several)),
            has(site(Optional.empty(), new SiteConfig.Application(other.uri(), Optional.empty()))),
            php -> php.with(PhpLimits.connections(php.limits(), CHILDREN)))) {
      List<Edge> both = List.of(pair.here, pair.there);
      for (Edge edge : both) {
        Site.await("all are ready", () -> ready(edge));
      }
      for (Edge edge : both) {
        hold(edge, method, other);
      }
      AtomicBoolean over = new AtomicBoolean();
      List<CompletableFuture<List<String>>> others =
          both.stream().map(edge -> others(edge, over)).toList();
      pools.get(0).reload();
      for (Edge edge : both) {
        Site.await("they are cut", () -> cut(edge) >= CUT_BY_EACH_EDGE);
        Await.until("it answers again", () -> get(edge).equals("pool0"));
      }
      over.set(true);
      for (CompletableFuture<List<String>> each : others) {
        List<String> failed = each.join();
        // A write that a child has taken may have been done: the one that was at that moment.
        assertTrue(failed.stream().allMatch(one -> one.startsWith("POST ")), failed.toString());
        assertTrue(failed.size() <= 1, failed.toString());
      }
      for (Edge edge : both) {
        assertEquals(0, Site.metric(edge, "edge_upstream_ejections_total"));
        assertEquals(0, Site.metric(edge, "edge_application_ejections_total"));
        assertTrue(ready(edge));
      }
      stop(); // those that are held still would hold up the end of the edges
    }
  }

  private String get(Edge by) throws IOException {
    return RawClient.ask(by.port(), head("GET", "")).text();
  }

  private static boolean ready(Edge edge) {
    return edge.health(SitePair.HERE).healthy()
        && edge.health(SitePair.THERE).healthy()
        && String.valueOf(edge.source().read().json().getOrDefault("applicationTroubles", ""))
            .isEmpty();
  }

  private static int cut(Edge edge) {
    Map<String, Object> told = edge.source().read().json();
    return Stream.of("brokenResponses", "upstreamErrors")
        .mapToInt(name -> ((Number) told.getOrDefault(name, 0)).intValue())
        .sum();
  }
}
