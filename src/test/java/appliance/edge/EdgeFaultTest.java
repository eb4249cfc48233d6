package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.UpstreamLimits;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that fail, and what clients see of it. */
final class EdgeFaultTest {

  /** Within it a kept connection that ends without an answer counts as closed before it was used. */
  private static final long CLOSED_BEFORE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final UpstreamLimits SHORT = new UpstreamLimits(
      Duration.ofMillis(300),
      Duration.ofMillis(500),
      Duration.ofMillis(500),
      Duration.ZERO,
      Duration.ofSeconds(5),
      Duration.ofMillis(500),
      Duration.ofSeconds(5),
      4,
      4,
      Duration.ofSeconds(60),
      true);

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void a_kept_connection_that_the_application_gave_up_is_replaced(String method) throws Exception {
    try (RawApp app = new RawApp(request -> {
          if (request.number() > 1) {
            throw new IOException("gives up on each reuse");
          }
          request.body();
          request.ok("ok");
        });
        Site site = new Site(app)) {
      int quick = 0;
      for (int i = 0; i < 1_000 && quick < 6; i++) {
        long begun = System.nanoTime();
        RawClient.Reply reply = RawClient.ask(
            site.port(),
            method + " / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
        // An application that closes late may have done what it was asked: a slow machine's does.
        if (System.nanoTime() - begun < CLOSED_BEFORE_NANOS) {
          assertEquals("ok", reply.text(), reply.head());
          quick++;
        }
      }
      assertEquals(6, quick, "the machine is far too slow");
    }
  }

  @Test
  void only_what_does_no_harm_twice_is_asked_again_if_a_kept_connection_closes_late()
      throws Exception {
    AtomicInteger reused = new AtomicInteger();
    try (RawApp app = new RawApp(request -> {
          if (request.number() > 1) {
            reused.incrementAndGet();
            Thread.sleep(200);
            throw new IOException("gives up late on each reuse");
          }
          request.ok("ok");
        });
        Site site = new Site(app)) {
      assertEquals("ok", onReuse(site, reused, "GET").text());
      assertEquals(502, onReuse(site, reused, "POST").status(), "it may have been done");
    }
  }

  /** The first answer to a request that a kept connection was used for, and that was soon over. */
  private static RawClient.Reply onReuse(Site site, AtomicInteger reused, String method)
      throws IOException {
    for (int i = 0; i < 200; i++) {
      int before = reused.get();
      long begun = System.nanoTime();
      RawClient.Reply reply = RawClient.ask(
          site.port(), method + " / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      if (reused.get() > before && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(2)) {
        return reply;
      }
    }
    throw new AssertionError("no connection was used again within two seconds");
  }

  @Test
  void a_connection_closed_while_idle_is_noticed_at_once() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.ok("ok");
          throw new IOException("closes after each answer, without a word");
        });
        Site site = new Site(app)) {
      for (int i = 0; i < 20; i++) {
        assertEquals(
            "ok",
            RawClient.ask(site.port(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                .text());
        Site.await("noticed", () -> site.status("upstreamConnections").intValue() == 0);
      }
      assertEquals(20, app.requests.get());
    }
  }

  @Test
  void a_get_whose_application_breaks_off_is_answered_by_another() throws Exception {
    try (RawApp bad = new RawApp(request -> {
          throw new IOException("breaks off");
        });
        RawApp good = RawApp.saying("good");
        Site site = new Site(bad, good)) {
      for (int i = 0; i < 4; i++) {
        assertEquals("good", RawClient.get(site.port(), "/").text());
      }
      assertTrue(bad.requests.get() >= 1);
    }
  }

  @Test
  void a_post_whose_application_breaks_off_is_not_sent_twice() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    RawApp.Answer breaks = request -> {
      request.body();
      seen.incrementAndGet();
      throw new IOException("breaks off");
    };
    try (RawApp a = new RawApp(breaks);
        RawApp b = new RawApp(breaks);
        Site site = new Site(a, b)) {
      RawClient.Reply reply =
          RawClient.ask(site.port(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
      assertEquals(502, reply.status());
      assertTrue(reply.text().contains("broke off"), reply.text());
      assertEquals(1, seen.get());
    }
  }

  @Test
  void failing_applications_are_not_asked_beyond_the_retry_budget() throws Exception {
    try (RawApp a = new RawApp(request -> {
          throw new IOException("breaks off");
        });
        RawApp b = new RawApp(request -> {
          throw new IOException("breaks off");
        });
        Site site = new Site(a, b)) {
      for (int i = 0; i < 200; i++) {
        RawClient.get(site.port(), "/");
      }
      int asked = a.requests.get() + b.requests.get();
      assertTrue(asked < 320, "200 requests became " + asked);
    }
  }

  @Test
  void an_application_that_takes_no_connections_costs_a_short_wait_only() throws Exception {
    List<Socket> fill = new ArrayList<>();
    try (ServerSocket hole = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RawApp good = RawApp.saying("good");
        Site site = new Site(SHORT, good)) {
      fillBacklog(hole, fill);
      site.members.add(Site.member(
          NodeId.random(),
          "b",
          URI.create("http://127.0.0.1:" + hole.getLocalPort()),
          MemberState.ACTIVE));
      site.publish();
      Site.await(
          "the hole is known",
          () -> site.edge
              .health(site.members.get(1).id())
              .reason()
              .startsWith("no connection within 300 ms"));
      assertEquals("good", RawClient.get(site.port(), "/").text());
    } finally {
      for (Socket socket : fill) {
        socket.close();
      }
    }
  }

  @Test
  void a_connection_that_is_not_made_in_time_moves_the_request_on() throws Exception {
    List<Socket> fill = new ArrayList<>();
    try (RawApp good = RawApp.saying("good");
        RawApp dead = RawApp.saying("dead");
        Site site = new Site(SHORT, dead, good)) {
      dead.kill();
      try (ServerSocket hole = new ServerSocket()) {
        hole.setReuseAddress(true);
        Site.await("the port is free", () -> {
          try {
            hole.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), dead.port()), 1);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
        fillBacklog(hole, fill);
        for (int i = 0; i < 4; i++) {
          assertEquals("good", RawClient.get(site.port(), "/").text());
        }
      }
    } finally {
      for (Socket socket : fill) {
        socket.close();
      }
    }
  }

  private static void fillBacklog(ServerSocket hole, List<Socket> fill) throws IOException {
    for (int i = 0; i < 4; i++) {
      Socket socket = new Socket();
      fill.add(socket);
      try {
        socket.connect(hole.getLocalSocketAddress(), 200);
      } catch (IOException e) {
        return;
      }
    }
  }

  @Test
  void no_answer_in_time_is_a_504() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawApp app = new RawApp(request -> never.await());
        Site site = new Site(SHORT, app)) {
      assertEquals(504, RawClient.get(site.port(), "/").status());
      assertEquals(1, app.requests.get());
      never.countDown();
    }
  }

  @Test
  void more_than_the_application_can_take_waits_its_turn_and_then_is_told() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (RawApp app = new RawApp(request -> {
          go.await();
          request.ok("ok");
        });
        Site site = new Site(SHORT, app)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        RawClient client = new RawClient(site.port());
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        clients.add(client);
      }
      Site.await("refusals", () -> site.status("upstreamErrors").intValue() >= 40 - 16);
      go.countDown();
      int refused = 0;
      for (RawClient client : clients) {
        refused += client.reply().status() != 200 ? 1 : 0;
        client.close();
      }
      assertTrue(refused >= 24, "refused " + refused);
      Site.await(
          "all given back", () -> site.status("requestsWaitingForConnection").intValue() == 0);
      assertEquals("ok", RawClient.get(site.port(), "/").text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX : 1\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "220 mail.example ESMTP\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5x\r\nhello\r\n",
      })
  void an_answer_that_is_no_clear_http_is_a_502(String answer) throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write(answer);
          throw new IOException("done");
        });
        Site site = new Site(app)) {
      assertEquals(
          502,
          RawClient.ask(site.port(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
              .status());
    }
  }

  @Test
  void an_application_that_ends_lines_without_cr_is_not_waited_for() throws Exception {
    try (RawApp app =
            new RawApp(request -> request.write("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"));
        Site site = new Site(app)) {
      assertEquals(502, RawClient.get(site.port(), "/").status());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_upload_that_the_application_breaks_off_is_a_502(boolean reset) throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.in().readNBytes(10);
          if (reset) {
            request.socket().setSoLinger(true, 0);
          }
          throw new IOException("closes");
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1000));
      assertEquals(502, client.reply().status());
    }
  }

  @Test
  void an_upload_that_the_application_refuses_half_way_gets_the_refusal() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.in().readNBytes(10);
          request.write(
              "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
          throw new IOException("closes");
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1000));
      RawClient.Reply reply = client.reply();
      assertEquals(413, reply.status());
      assertEquals("big", reply.text());
    }
  }
}
