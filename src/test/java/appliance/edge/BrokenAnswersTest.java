package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.SiteConfig;
import appliance.config.Sticky;
import appliance.edge.upstream.UpstreamLimits;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgiLimits;
import appliance.fastcgi.PhpLimits;
import appliance.model.MemberState;
import appliance.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that pass their checks, begin every answer as they should, and break some of them off. */
final class BrokenAnswersTest {

  /** So much that some of it is out before the end is seen. */
  private static final String HALF = "half".repeat(25_000);

  private static final String WHY = "5 answers were broken off in a row, the last: ";

  @TempDir
  private Path root = Path.of("");

  /** One that gives each {@code n}th answer whole, and none if that is 0; and waits within what is asked for as such. */
  private static RawApp whole(int n) {
    AtomicInteger asked = new AtomicInteger();
    return new RawApp(request -> {
      if (n > 0 && asked.incrementAndGet() % n == 0) {
        request.ok("whole");
        return;
      }
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n" + HALF);
      if (request.path().equals("/long")) {
        request.in().readAllBytes(); // until its connection is closed
      }
      throw new IOException("it breaks off");
    });
  }

  /** Asks in turn until {@code app} has been asked so often; returns how many answers were broken off. */
  private static int ask(Site site, RawApp app, int times) throws IOException {
    int broken = 0;
    int end = app.requests.get() + times;
    while (app.requests.get() < end) {
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(200, reply.status());
      broken += reply.whole() ? 0 : 1;
    }
    return broken;
  }

  private static void assertAllWhole(int port, String host) throws IOException {
    for (int i = 0; i < 20; i++) {
      RawClient.Reply reply =
          RawClient.ask(port, RawClient.head("GET / HTTP/1.1", "Host: " + host));
      assertTrue(reply.whole(), reply.head());
      assertEquals("whole", reply.text());
    }
  }

  private static int ejections(Edge edge) {
    return Site.metric(edge, "edge_upstream_ejections_total");
  }

  @Test
  void one_that_breaks_off_all_is_left_out_with_a_reason_and_users_get_the_others()
      throws Exception {
    try (RawApp good = whole(1);
        RawApp bad = whole(0);
        Site site = new Site(good, bad)) {
      assertEquals(5, ask(site, bad, 5));
      site.awaitReady(1);
      Site.await("a reason", () -> !site.edge.health(site.ids.get(1)).healthy());
      String reason = site.edge.health(site.ids.get(1)).reason();
      assertTrue(reason.startsWith(WHY + "it closed the connection within its answer at "), reason);
      assertAllWhole(site.port(), "x");
      assertEquals(1, ejections(site.edge));
    }
  }

  @Test
  void one_that_breaks_off_four_of_five_or_one_of_ten_stays() throws Exception {
    try (RawApp good = whole(1);
        RawApp often = whole(5);
        Site site = new Site(good, often)) {
      assertEquals(32, ask(site, often, 40));
      site.awaitReady(2);
      assertEquals(0, ejections(site.edge));
    }
    AtomicInteger asked = new AtomicInteger();
    try (RawApp good = whole(1);
        RawApp seldom = new RawApp(request -> {
          if (asked.incrementAndGet() % 10 == 0) {
            request.write("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n" + HALF);
            throw new IOException("it breaks off");
          }
          request.ok("whole");
        });
        Site site = new Site(good, seldom)) {
      assertEquals(10, ask(site, seldom, 100));
      site.awaitReady(2);
      assertEquals(0, ejections(site.edge));
    }
  }

  @Test
  void what_its_clients_break_off_counts_neither_for_nor_against_it() throws Exception {
    try (RawApp good = whole(1);
        RawApp bad = whole(0);
        Site site = new Site(good, bad)) {
      ask(site, bad, 4);
      int end = bad.requests.get() + 6;
      while (bad.requests.get() < end) {
        try (RawClient client = new RawClient(site.port())) {
          client.send(RawClient.head("GET /long HTTP/1.1", "Host: x"));
          assertEquals('H', client.in.read());
          client.socket.setSoLinger(true, 0);
        }
      }
      Site.await("nothing is under way", () -> site.active(1) == 0);
      assertEquals(0, ejections(site.edge));
      ask(site, bad, 1);
      site.awaitReady(1);
      assertEquals(1, ejections(site.edge));
    }
  }

  @Test
  void a_php_is_left_out_by_its_own_node_and_by_one_that_asks_its_relay() throws Exception {
    Files.writeString(root.resolve("index.php"), "");
    FakePhp.Script health = request -> request.answer("whole");
    FakePhp.Script breaksOff = request -> {
      request.send(FakePhp.stdout("Content-Type: text/plain\r\n\r\n"));
      request.send(FakePhp.stdout(HALF.substring(0, 60_000)));
      request.send(FakePhp.stdout(HALF.substring(60_000)));
      request.socket().close();
    };
    try (FakePhp good = new FakePhp(health);
        FakePhp bad = new FakePhp(request -> {
          boolean check = "/health".equals(request.parameters().get("REQUEST_URI"));
          (check ? health : breaksOff).answer(request);
        });
        SitePair pair = new SitePair(has(good), has(bad))) {
      for (Edge edge : List.of(pair.here, pair.there)) {
        Site.await("both are ready", () -> sites(edge).equals("shop: 2 ready"));
        Await.until("one is left out", () -> {
          SitePair.get(edge, "shop.example", "/");
          return sites(edge).equals("shop: 1 ready");
        });
        assertAllWhole(edge.port(), "shop.example");
        assertEquals(1, ejections(edge));
        Object broken = edge.source().read().json().getOrDefault("brokenResponses", 0);
        assertTrue(((Number) broken).intValue() >= 5, broken + " were broken off");
      }
    }
  }

  private SitePair.Has has(FakePhp php) {
    SiteConfig.Application app = new SiteConfig.Application(
        URI.create("fastcgi://127.0.0.1:" + php.port()), Optional.of("/index.php"));
    SiteConfig site = new SiteConfig(
            "shop", List.of("shop.example"), List.of("admin."), Optional.of(root), Optional.of(app))
        .checkedAt("/health");
    return new SitePair.Has(Optional.empty(), Optional.empty(), List.of(site));
  }

  private static String sites(Edge edge) {
    return String.valueOf(edge.source().read().json().get("sites"));
  }

  @Test
  void a_node_that_has_several_is_not_left_out_for_what_one_of_them_does() throws Exception {
    try (RawApp a = whole(0);
        RawApp b = whole(0);
        RawApp other = whole(1);
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), other)) {
      int end = a.requests.get() + b.requests.get() + 20;
      while (a.requests.get() + b.requests.get() < end) {
        RawClient.get(nodes.there.port(), "/");
        RawClient.get(nodes.here.port(), "/");
      }
      Site.await("one of them is left out", () -> nodes.troubles().contains(WHY));
      for (Edge edge : nodes.both()) {
        assertTrue(edge.health(SeveralPair.HERE).healthy());
        assertEquals(0, ejections(edge));
      }
    }
  }

  @Test
  void checks_by_other_nodes_end_no_row_of_one_of_several() throws Exception {
    try (RawApp a = whole(0);
        RawApp b = whole(0);
        RawApp other = whole(1);
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), other)) {
      int end = a.requests.get() + b.requests.get() + 10;
      while (a.requests.get() + b.requests.get() < end) {
        int checked = a.relayedChecks.get() + b.relayedChecks.get();
        RawClient.get(nodes.here.port(), "/");
        Site.await(
            "both are checked", () -> a.relayedChecks.get() + b.relayedChecks.get() > checked + 2);
      }
      Site.await("one of them is left out", () -> nodes.troubles().contains(WHY));
    }
  }

  /** Streams that end as these do: what they sent has come, and the next one goes on from there. */
  @Test
  void streams_of_events_that_end_without_an_end_do_not_count() throws Exception {
    RawApp.Answer events = request -> {
      request.write(RawClient.head(
          "HTTP/1.1 200 OK",
          "Content-Type: text/event-stream; charset=utf-8",
          "Transfer-Encoding: chunked"));
      request.write("5\r\ndata:\r\n");
      throw new IOException("it breaks off");
    };
    try (RawApp good = whole(1);
        RawApp bad = new RawApp(events);
        Site site = new Site(good, bad)) {
      assertEquals(12, ask(site, bad, 12));
      site.awaitReady(2);
      assertEquals(0, ejections(site.edge));
    }
    try (RawApp a = new RawApp(events);
        RawApp b = new RawApp(events);
        RawApp other = whole(1);
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), other)) {
      int end = a.requests.get() + b.requests.get() + 24;
      while (a.requests.get() + b.requests.get() < end) {
        RawClient.get(nodes.here.port(), "/");
        RawClient.get(nodes.there.port(), "/");
      }
      for (Edge edge : nodes.both()) {
        assertTrue(edge.health(SeveralPair.HERE).healthy());
        assertEquals(0, ejections(edge));
      }
      assertEquals("", nodes.troubles());
    }
  }

  @Test
  void what_breaks_while_its_node_is_drained_keeps_it_out_no_longer() throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    try (RawApp good = whole(1);
        RawApp another = whole(1);
        RawApp drained = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n" + HALF);
          cut.await();
          throw new IOException("it breaks off");
        });
        Site site = new Site(good, another, drained)) {
      List<RawClient> clients = new ArrayList<>();
      while (drained.requests.get() < 8) {
        RawClient client = new RawClient(site.port());
        clients.add(client);
        client.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
        assertEquals('H', client.in.read());
      }
      site.state(2, MemberState.DRAINING);
      site.awaitReady(2);
      cut.countDown();
      Site.await("nothing is under way", () -> site.active(2) == 0);
      site.state(2, MemberState.ACTIVE);
      site.awaitReady(3);
      assertEquals(0, ejections(site.edge));
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void an_answer_that_takes_too_long_for_its_own_node_counts_nowhere() throws Exception {
    Files.writeString(root.resolve("index.php"), "");
    Duration total = Duration.ofMillis(500);
    FakePhp.Script longer = request -> {
      boolean check = "/health".equals(request.parameters().get("REQUEST_URI"));
      if (check) {
        request.answer("whole");
        return;
      }
      request.send(FakePhp.stdout("Content-Type: text/plain\r\n\r\n"));
      for (int i = 0; i < 60; i++) {
        request.send(FakePhp.stdout("more"));
        Await.pause(50);
      }
    };
    UpstreamLimits limits = HttpLimits.total(UpstreamLimits.DEFAULTS, total);
    try (FakePhp php = new FakePhp(longer);
        SitePair pair = new SitePair(
            limited(has(php), limits),
            limited(has(php), limits),
            fpm -> fpm.with(PhpLimits.total(FastCgiLimits.DEFAULTS, total)))) {
      Site.await("both are ready", () -> sites(pair.here).equals("shop: 2 ready"));
      for (int i = 0; i < 16; i++) {
        assertFalse(SitePair.get(pair.here, "shop.example", "/").whole());
      }
      Map<String, Object> told = pair.here.source().read().json();
      assertEquals("0", String.valueOf(told.getOrDefault("brokenResponses", 0)));
      assertEquals(0, ejections(pair.here));
    }
  }

  private static SitePair.Has limited(SitePair.Has has, UpstreamLimits limits) {
    return new SitePair.Has(has.app(), has.root(), has.sites(), limits);
  }
}
