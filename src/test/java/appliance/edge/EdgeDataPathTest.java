package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through the edge, both ways. */
final class EdgeDataPathTest {

  private static final long LARGE = 300L << 20;

  /** Of 32 KB at most: a few for the upload, and those of health checks. */
  private static final int BUFFERS_MAX = 16;

  @Test
  void bodies_pass_both_ways_with_either_framing() throws Exception {
    try (RawApp echo = new RawApp(request -> {
          byte[] body = request.body();
          if (request.path().contains("chunked")) {
            request.write("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nX-App: 1\r\n\r\n");
            for (int i = 0; i < body.length; i += 7) {
              int length = Math.min(7, body.length - i);
              request.write(Integer.toHexString(length) + ";ext=1\r\n");
              request.out().write(body, i, length);
              request.write("\r\n");
            }
            request.write("0\r\nX-Trailer: dropped\r\n\r\n");
          } else {
            request.ok(new String(body, java.nio.charset.StandardCharsets.ISO_8859_1));
          }
        });
        Site site = new Site(echo);
        RawClient client = new RawClient(site.port())) {
      String text = "the quick brown fox".repeat(1000);
      client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + text.length() + "\r\n\r\n");
      client.send(text);
      assertEquals(text, client.reply().text());
      client.send("POST /chunked HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("5\r\nhello\r\n");
      client.send("1\r\n \r\n5;a=b\r\nworld\r\n0\r\nTrailer: x\r\n\r\n");
      RawClient.Reply reply = client.reply();
      assertEquals("hello world", reply.text());
      assertEquals(201, reply.status());
      assertTrue(reply.whole());
      assertTrue(reply.has("X-App: 1"));
      client.send("POST /empty HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      assertEquals("", client.reply().text());
      assertTrue(echo.heads.get(2).contains("Content-Length: 0"), echo.heads.get(2));
      assertEquals(1, echo.connections.get());
    }
  }

  @Test
  void answers_without_a_body_end_where_they_should() throws Exception {
    try (RawApp app = new RawApp(request -> {
          switch (request.path()) {
            case "/204" -> request.write("HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n");
            case "/304" -> request.write("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n");
            case "/chunked" ->
              request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            default -> request.write("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
          }
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send("GET /204 HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Reply none = client.reply();
      assertEquals(204, none.status());
      assertFalse(none.has("Content-Length"));
      client.send("GET /304 HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(client.reply().has("ETag: \"a\""));
      client.send("HEAD /length HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(client.reply(true).has("Content-Length: 1234"));
      client.send("HEAD /chunked HTTP/1.1\r\nHost: x\r\n\r\n");
      RawClient.Reply head = client.reply(true);
      assertFalse(head.has("Content-Length"), head.head());
      client.send("GET /204 HTTP/1.1\r\nHost: x\r\n\r\n");
      assertEquals(204, client.reply().status());
      assertEquals(1, app.connections.get());
    }
  }

  @Test
  void an_answer_that_ends_with_its_connection_is_passed_on_whole() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write(
              "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n" + "x".repeat(100_000));
          throw new IOException("the end");
        });
        Site site = new Site(app)) {
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(100_000, reply.text().length());
      assertTrue(reply.whole());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"404 Nothing here", "200 Fine\u00e9", "299 Own", "404 Not Found", "200 OK"})
  void an_applications_own_reason_is_passed_on(String status) throws Exception {
    RawApp.Answer answer =
        request -> request.write("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
    try (RawApp app = new RawApp(answer);
        Site site = new Site(app)) {
      String head = RawClient.get(site.port(), "/").head();
      assertEquals("HTTP/1.1 " + status, head.substring(0, head.indexOf('\r')));
    }
  }

  @Test
  void a_reason_without_end_is_left_out() throws Exception {
    String reason = "x".repeat(60_000);
    RawApp.Answer answer =
        request -> request.write("HTTP/1.1 200 " + reason + "\r\nContent-Length: 0\r\n\r\n");
    try (RawApp app = new RawApp(answer);
        Site site = new Site(app)) {
      assertTrue(RawClient.get(site.port(), "/").head().startsWith("HTTP/1.1 200 OK\r\n"));
    }
  }

  @Test
  void interim_answers_are_left_out() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
          request.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Le");
          request.write("ngth: 2\r\n\r\nok");
        });
        Site site = new Site(app)) {
      assertEquals("ok", RawClient.get(site.port(), "/").text());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_client_that_awaits_100_gets_it_whether_the_application_knows_it_or_not(boolean knows)
      throws Exception {
    try (RawApp app = new RawApp(request -> {
          if (knows) {
            request.write("HTTP/1.1 100 Continue\r\n\r\n");
          }
          request.body();
          request.ok("thanks");
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertEquals(100, client.reply().status());
      client.send("hello");
      assertEquals("thanks", client.reply().text());
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertEquals("thanks", client.reply().text());
    }
  }

  @Test
  void a_client_that_awaits_100_is_told_the_refusal_instead() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(
          "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      RawClient.Reply reply = client.reply();
      assertEquals(403, reply.status());
      assertEquals("no", reply.text());
    }
  }

  @Test
  void a_large_upload_streams_through_in_constant_memory() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    AtomicLong sent = new AtomicLong();
    AtomicLong received = new AtomicLong();
    try (RawApp app = new RawApp(request -> {
          reading.await();
          byte[] buffer = new byte[65536];
          long left = request.length();
          InputStream in = request.in();
          while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            left -= read;
            received.addAndGet(read);
          }
          request.ok("stored");
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send("PUT /big HTTP/1.1\r\nHost: x\r\nContent-Length: " + LARGE + "\r\n\r\n");
      CompletableFuture<Void> upload = CompletableFuture.runAsync(
          () -> sendLarge(client, sent), task -> new Thread(task, "upload").start());
      awaitHeldBack("the client", sent);
      assertFalse(upload.isDone());
      int buffers = site.status("buffersInUse").intValue();
      assertTrue(buffers <= BUFFERS_MAX, buffers + " buffers while the application does not read");
      reading.countDown();
      assertEquals("stored", client.reply().text());
      upload.join();
      assertEquals(LARGE, received.get());
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
    }
  }

  private static void sendLarge(RawClient client, AtomicLong sent) {
    try {
      OutputStream out = client.socket.getOutputStream();
      byte[] block = new byte[1 << 16];
      for (long i = 0; i < LARGE; i += block.length) {
        out.write(block);
        sent.addAndGet(block.length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What lies in the sockets' own buffers is a few megabytes each. */
  private static void awaitHeldBack(String who, AtomicLong sent) {
    long[] before = {-1};
    Site.await(who + " is held back", () -> {
      boolean stalled = sent.get() > 0 && sent.get() == before[0];
      before[0] = sent.get();
      pause(200);
      return stalled;
    });
    assertTrue(sent.get() < LARGE / 4, "taken in without a reader: " + sent.get());
  }

  @Test
  void a_large_download_waits_for_a_slow_client() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
          byte[] block = new byte[1 << 16];
          for (long i = 0; i < LARGE; i += block.length) {
            request.out().write(block);
            sent.addAndGet(block.length);
          }
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
      awaitHeldBack("the application", sent);
      String line = client.line();
      while (!line.isEmpty()) {
        line = client.line();
      }
      byte[] buffer = new byte[1 << 16];
      long left = LARGE;
      while (left > 0) {
        int read = client.in.read(buffer);
        assertTrue(read > 0);
        left -= read;
      }
      assertEquals(0, left);
      client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(client.line().contains("200"));
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void events_reach_the_client_as_they_happen() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (RawApp app = new RawApp(request -> {
          request.write(RawClient.head(
              "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked"));
          assertTrue(seen.await(60, TimeUnit.SECONDS));
          request.write("8\r\ndata: 1\n\r\n0\r\n\r\n");
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
      String head = client.line();
      while (!client.line().isEmpty()) {
        // The head is here before the first event.
      }
      assertTrue(head.contains("200"));
      seen.countDown();
      assertEquals(8, Integer.parseInt(client.line(), 16));
      assertEquals("data: 1", client.line());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"length", "chunked", "close"})
  void an_answer_that_breaks_off_does_not_look_whole(String framing) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (RawApp app = new RawApp(request -> {
          request.write(
              switch (framing) {
                case "length" -> "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf";
                case "chunked" ->
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
                default -> "HTTP/1.1 200 OK\r\n\r\nhalf";
              });
          begun.await();
          request.socket().setSoLinger(true, 0);
          throw new IOException("killed");
        });
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
      client.in.mark(1);
      assertEquals('H', client.in.read()); // it has come so far
      client.in.reset();
      begun.countDown();
      RawClient.Reply reply = client.reply();
      assertFalse(reply.whole(), reply.head() + reply.text());
      assertEquals(1, app.requests.get());
    }
  }

  @Test
  void headers_of_the_connection_and_of_strangers_are_dropped() throws Exception {
    try (RawApp app = new RawApp(request -> request.write(RawClient.head(
            "HTTP/1.1 200 OK",
            "Content-Length: 0",
            "Keep-Alive: timeout=5",
            "Connection: X-Hop, keep-alive",
            "X-Hop: 1",
            "Proxy-Authenticate: x",
            "Set-Cookie: a=1",
            "Set-Cookie: b=2")));
        Site site = new Site(app)) {
      RawClient.Reply reply = RawClient.ask(
          site.port(),
          RawClient.head(
              "GET /h HTTP/1.1",
              "Host: site.example:81",
              "X-Forwarded-Host: evil",
              "X-Forwarded-For: 6.6.6.6",
              "Forwarded: for=6.6.6.6;host=evil",
              "X-Real-IP: 6.6.6.6",
              "X-Forwarded-Prefix: /evil",
              "Connection: close, X-Auth",
              "X-Auth: secret",
              "TE: trailers",
              "Keep-Alive: 5",
              "Proxy-Authorization: Basic zzz",
              "Proxy: http://evil",
              "Upgrade: h2c",
              "HTTP2-Settings: x",
              "X_Forwarded_For: 6.6.6.6",
              "Cookie: a=b",
              "X-Kept: yes"));
      String head = app.heads.get(0).toLowerCase(Locale.ROOT);
      for (String gone : new String[] {
        "evil", "6.6.6.6", "secret", "\r\nte:", "keep-alive", "proxy", "upgrade", "http2"
      }) {
        assertFalse(head.contains(gone), gone + " in " + head);
      }
      for (String there : new String[] {
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-host: site.example:81",
        "x-forwarded-proto: http",
        "x-forwarded-port: 81",
        "host: site.example:81",
        "forwarded: for=127.0.0.1;host=\"site.example:81\";proto=http",
        "cookie: a=b",
        "x-kept: yes"
      }) {
        assertTrue(head.contains("\r\n" + there + "\r\n"), there + " in " + head);
      }
      assertFalse(reply.has("Keep-Alive"), reply.head());
      assertFalse(reply.has("X-Hop"), reply.head());
      assertFalse(reply.has("Proxy-Auth"), reply.head());
      assertFalse(reply.has("Server"), reply.head());
      assertTrue(reply.has("Set-Cookie: a=1") && reply.has("Set-Cookie: b=2"), reply.head());
    }
  }
}
