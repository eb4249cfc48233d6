package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.RequestLimits;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.PhpLimits;
import appliance.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a php application and its clients may rely on behind the rules of the public's port. */
final class PhpAtTheEdgeTest {

  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final String HEAD = "Content-Type: text/plain\r\n\r\n";

  @TempDir
  private Path root = Path.of("");

  @Test
  void a_target_with_its_host_is_told_as_its_path() throws Exception {
    FakePhp php =
        new FakePhp(request -> request.answer("" + request.parameters().get("REQUEST_URI")));
    try (PhpSite site = new PhpSite(root, php)) {
      String head = RawClient.head("GET http://shop/blog/post?p=1 HTTP/1.1", "Host: shop");
      assertEquals("/blog/post?p=1", RawClient.ask(site.port(), head).text());
    }
  }

  @Test
  void what_it_flushes_goes_on_at_once_compressed_too() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout(HEAD + "first"));
      try {
        seen.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
      request.send(FakePhp.stdout("second"));
      request.send(FakePhp.end(0));
    });
    ClientsConfig compressed = new ClientsConfig(
        List.of(), false, 0, Duration.ZERO, Optional.empty(), true, RequestLimits.DEFAULTS);
    try (PhpSite site = new PhpSite(root, php, compressed, config -> config)) {
      HttpRequest request = HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + site.port() + "/"))
          .header("Accept-Encoding", "gzip")
          .build();
      HttpResponse<InputStream> response =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
      assertEquals("gzip", response.headers().firstValue("content-encoding").orElse(""));
      try (InputStream in = new GZIPInputStream(response.body(), 1)) {
        assertEquals("first", new String(in.readNBytes(5), StandardCharsets.US_ASCII));
        seen.countDown();
        assertEquals("second", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
      }
    }
  }

  @Test
  void its_own_reason_is_passed_on() throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout("Status: 404 Nothing here\r\n" + HEAD));
      request.send(FakePhp.end(0));
    });
    try (PhpSite site = new PhpSite(root, php)) {
      String head = RawClient.get(site.port(), "/").head();
      assertTrue(head.startsWith("HTTP/1.1 404 Nothing here\r\n"), head);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n", "HTTP/1.1\r\n"})
  void an_answer_that_breaks_off_does_not_look_whole(String version) throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout(HEAD + "half of it"));
      request.socket().close();
    });
    try (PhpSite site = new PhpSite(root, php);
        RawClient client = new RawClient(site.port())) {
      client.send("GET / " + version + "Host: shop\r\n\r\n");
      RawClient.Reply reply = client.reply();
      assertEquals(200, reply.status());
      assertFalse(reply.whole(), reply.toString());
    }
  }

  @Test
  void a_php_that_ends_before_its_answer_has_begun_is_a_502() throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout("Status: 201 Half done\r\nX-Secret: half\r\n" + HEAD));
      request.socket().close();
    });
    try (PhpSite site = new PhpSite(root, php)) {
      RawClient.Reply reply = RawClient.ask(
          site.port(), RawClient.head("POST / HTTP/1.1", "Host: shop", "Content-Length: 0"));
      assertTrue(reply.head().startsWith("HTTP/1.1 502 Bad Gateway\r\n"), reply.toString());
      assertTrue(reply.whole());
      assertFalse(reply.has("X-Secret"), reply.head());
      assertEquals(0, site.php("active"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "more than announced"})
  void a_body_of_another_length_than_announced_is_a_502_while_nothing_of_it_is_out(String body)
      throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout("Content-Length: 3\r\n" + HEAD));
      Await.pause(50); // else all of it is at hand, which is another case
      request.send(FakePhp.join(FakePhp.stdout(body), FakePhp.end(0)));
    });
    try (PhpSite site = new PhpSite(root, php)) {
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(502, reply.status(), reply.toString());
      assertTrue(reply.whole());
      assertEquals(1, site.php("failures"));
      Site.await("php serves on", () -> site.php("idle") == 1);
    }
  }

  private static ClientsConfig granting(long bodyBytesMax) {
    RequestLimits limits =
        new RequestLimits(32 * 1024, 100, Duration.ofSeconds(15), bodyBytesMax, PATIENCE, 0);
    return new ClientsConfig(List.of(), false, 0, Duration.ZERO, Optional.empty(), limits);
  }

  private PhpSite impatient() throws IOException {
    return new PhpSite(
        root,
        new FakePhp(request -> request.answer("served")),
        ClientsConfig.DEFAULTS,
        php -> php.with(PhpLimits.body(php.limits(), PATIENCE)));
  }

  private static String post(String... fields) {
    return RawClient.head("POST / HTTP/1.1", "Host: shop", String.join("\r\n", fields));
  }

  /** Within what is read before a child is asked for, on its way to one, and on its way to the disk. */
  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 10000", "Content-Length: 1000000", CHUNKED})
  void a_body_that_drips_gets_408_and_holds_no_child(String framing) throws Exception {
    try (PhpSite site = impatient();
        RawClient client = new RawClient(site.port())) {
      boolean chunked = framing.equals(CHUNKED);
      boolean large = chunked || framing.endsWith("00000");
      client.send(post(framing) + (chunked ? "186a0\r\n" : "") + "x".repeat(large ? 70_000 : 10));
      Thread drip = new Thread(() -> drip(client));
      drip.setDaemon(true);
      drip.start();
      assertEquals(408, client.reply().status());
      drip.interrupt();
      assertEquals(0, site.php("active"));
      assertEquals(0, site.php("spooledBytes"));
      assertEquals(0, site.status("upstreamErrors"));
      assertEquals("served", RawClient.get(site.port(), "/").text());
    }
  }

  private static void drip(RawClient client) {
    try {
      for (int i = 0; i < 9_000; i++) {
        client.send("x");
        Thread.sleep(50);
      }
    } catch (IOException | InterruptedException e) {
      return; // the edge has closed the connection, or the test is over
    }
  }

  /** Before a child is asked for, and on its way to the disk. */
  @ParameterizedTest
  @ValueSource(ints = {10, 100_000})
  void a_broken_chunk_gets_400_and_leaves_nothing_behind(int before) throws Exception {
    assertNothingIsLeftBy(1 << 20, before, "\r\nzz\r\n", 400);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100_000})
  void a_body_in_chunks_that_is_too_large_gets_413_and_leaves_nothing_behind(int before)
      throws Exception {
    assertNothingIsLeftBy(before + 1000, before, "\r\n1000\r\n" + "x".repeat(4096) + "\r\n", 413);
  }

  private void assertNothingIsLeftBy(long bodyBytesMax, int before, String end, int status)
      throws IOException {
    FakePhp php = new FakePhp(request -> request.answer("served"));
    try (PhpSite site = new PhpSite(root, php, granting(bodyBytesMax), config -> config)) {
      long buffers = site.status("buffersInUse");
      try (RawClient client = new RawClient(site.port())) {
        String chunk = Integer.toHexString(before) + "\r\n" + "x".repeat(before);
        client.send(post(CHUNKED) + chunk + end);
        assertEquals(status, client.reply().status());
      }
      assertEquals(0, site.php("spooledBytes"));
      assertEquals(0, site.status("upstreamErrors"));
      Site.await("the buffers are back", () -> site.status("buffersInUse") == buffers);
      assertEquals("served", RawClient.get(site.port(), "/").text());
    }
  }

  /** It may wait for the answer before it sends any more. */
  @Test
  void a_client_that_is_sent_to_a_folder_is_told_before_its_body() throws Exception {
    Files.createDirectory(root.resolve("folder"));
    Files.writeString(root.resolve("folder/index.php"), "");
    FakePhp php = new FakePhp(request -> request.answer("php"));
    try (PhpSite site = new PhpSite(root, php);
        RawClient client = new RawClient(site.port())) {
      client.send(RawClient.head("POST /folder HTTP/1.1", "Host: shop", "Content-Length: 1000000"));
      RawClient.Reply reply = client.reply();
      assertEquals(308, reply.status(), reply.head());
      assertTrue(reply.has("Location: /folder/") && reply.whole(), reply.head());
    }
  }

  @Test
  void an_answer_of_php_ends_although_the_client_still_sends_its_body() throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout(HEAD + "at "));
      request.send(FakePhp.stdout("once"));
      request.send(FakePhp.end(0));
    });
    php.impatient = true;
    try (PhpSite site = new PhpSite(root, php);
        RawClient client = new RawClient(site.port())) {
      String head = RawClient.head("POST / HTTP/1.1", "Host: shop", "Content-Length: 200000");
      client.send(head + "x".repeat(100_000)); // a form's worth is awaited before php is asked
      RawClient.Reply reply = client.reply();
      assertEquals("at once", reply.text(), reply.head());
      assertTrue(reply.whole(), reply.head());
      client.send("x".repeat(100_000) + head + "x".repeat(200_000));
      assertEquals("at once", client.reply().text());
      client.send(RawClient.head("POST / HTTP/1.1", "Host: shop", "Content-Length: 200000000"));
      client.send("x".repeat(100_000));
      reply = client.reply();
      assertEquals("at once", reply.text());
      assertTrue(reply.has("Connection: close"), "it need not send all of that: " + reply.head());
    }
  }

  @Test
  void who_is_refused_and_never_sends_its_body_is_not_waited_for() throws Exception {
    FakePhp php = new FakePhp(request -> request.answer("php"));
    try (PhpSite site = new PhpSite(root, php);
        RawClient client = new RawClient(site.port())) {
      Files.delete(root.resolve("index.php"));
      client.send(RawClient.head("POST /none HTTP/1.1", "Host: shop", "Content-Length: 10"));
      assertEquals("404: there is nothing to run\n", client.reply().text());
      Await.until("it is over", () -> site.status("active") == 0);
    }
  }
}
