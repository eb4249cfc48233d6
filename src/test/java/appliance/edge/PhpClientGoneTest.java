package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.ClientsConfig;
import appliance.config.HttpsConfig;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.PhpLimits;
import appliance.model.HostPort;
import appliance.testing.Await;
import appliance.testing.Certificates;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that go away before php has answered them. */
final class PhpClientGoneTest {

  private static final String LONG = "an answer that no buffer takes ".repeat(1_000);
  private static final byte[] CANCEL = {0, 0, 0, 8};
  private static final String POST =
      RawClient.head("POST /wait.php HTTP/1.1", "Host: shop", "Content-Length: 2") + "ab";

  @TempDir
  private Path folder = Path.of("");

  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger brokenOff = new AtomicInteger();
  private final AtomicInteger wentOn = new AtomicInteger();
  private PhpSite site;

  private void answer(FakePhp.Request request) throws IOException {
    asked.incrementAndGet();
    String uri = String.valueOf(request.parameters().get("REQUEST_URI"));
    if (uri.startsWith("/slow")) {
      if (request.socket().getInputStream().read() < 0) {
        brokenOff.incrementAndGet();
      }
      throw new IOException("it is not waited for");
    }
    if (uri.startsWith("/wait")) {
      awaitRelease();
      request.socket().setSoTimeout(1);
      try {
        throw new IOException(
            "it has ended: " + request.socket().getInputStream().read());
      } catch (SocketTimeoutException e) {
        wentOn.incrementAndGet();
      }
      request.socket().setSoTimeout(0);
      for (int i = 0; i < 100; i++) {
        request.send(FakePhp.stdout(i == 0 ? "Content-Type: text/plain\r\n\r\n" : LONG));
      }
      request.send(FakePhp.end(0));
      return;
    }
    request.answer(uri);
  }

  private void awaitRelease() throws IOException {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @BeforeEach
  void serve() throws Exception {
    site = site(2);
  }

  private PhpSite site(int children) throws IOException {
    HttpsConfig https =
        new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(Certificates.make(folder, "x", "x")));
    return new PhpSite(
        folder,
        new FakePhp(this::answer),
        ClientsConfig.DEFAULTS,
        php -> php.with(PhpLimits.connections(php.limits(), children)),
        Optional.of(https));
  }

  @AfterEach
  void close() {
    release.countDown();
    site.close();
  }

  private void awaitAsked(int requests) {
    Site.await(requests + " are asked", () -> asked.get() == requests);
  }

  private void awaitGivenUp(int requests) {
    Site.await("given up", () -> site.status("requestsGivenUp") == requests);
    Site.await("nothing is under way", () -> site.status("active") == 0);
    assertEquals(0, site.status("upstreamErrors"));
    assertEquals(0, site.php("failures"));
  }

  private RawHttp2 http2() throws Exception {
    return new RawHttp2(site.edge.httpsPort());
  }

  @Test
  void a_read_is_broken_off() throws Exception {
    for (int i = 1; i <= 3; i++) { // one more than there are children
      RawClient client = new RawClient(site.port());
      client.send(RawClient.head("GET /slow HTTP/1.1", "Host: shop"));
      awaitAsked(i);
      client.close();
      awaitGivenUp(i);
      int all = i;
      Site.await("broken off", () -> brokenOff.get() == all);
    }
    assertEquals(0, site.php("active"));
    assertEquals("/x", RawClient.get(site.port(), "/x").text());
  }

  @Test
  void a_read_whose_stream_is_reset_is_broken_off() throws Exception {
    try (RawHttp2 client = http2()) {
      client.headers(1, true, head("GET", "/slow"));
      awaitAsked(1);
      client.send(RawHttp2.RST_STREAM, 0, 1, CANCEL);
      Site.await("broken off", () -> brokenOff.get() == 1);
      awaitGivenUp(1);
    }
  }

  @Test
  void a_write_goes_on() throws Exception {
    RawClient writer = new RawClient(site.port());
    writer.send(POST);
    awaitAsked(1);
    writer.close();
    assertGoesOn();
  }

  @Test
  void a_write_whose_stream_is_reset_goes_on() throws Exception {
    try (RawHttp2 client = http2()) {
      client.headers(1, false, head("POST", "/wait"));
      client.data(1, true, "ab");
      awaitAsked(1);
      client.send(RawHttp2.RST_STREAM, 0, 1, CANCEL);
      assertGoesOn();
    }
  }

  private void assertGoesOn() throws Exception {
    for (int i = 1; i <= 4; i++) { // what came later is broken off, on each thread
      RawClient later = new RawClient(site.port());
      later.send(RawClient.head("GET /slow HTTP/1.1", "Host: shop"));
      awaitAsked(1 + i);
      later.close();
      int all = i;
      Site.await("broken off", () -> brokenOff.get() == all);
    }
    assertEquals(0, wentOn.get());
    release.countDown();
    Site.await("it went on", () -> wentOn.get() == 1);
    Site.await("php is free", () -> site.php("active") == 0);
    Await.until("it is told who broke off", () -> posts().contains("\"broken\":\"client\""));
    assertEquals(0, site.php("failures"));
    assertEquals("/x", RawClient.get(site.port(), "/x").text());
  }

  /** What is logged of them. */
  private String posts() throws IOException {
    return Files.readAllLines(folder.resolve("access.log")).stream()
        .filter(line -> line.contains("\"method\":\"POST\""))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void who_waits_for_a_child_waits_no_more(String method) throws Exception {
    try (RawClient first = new RawClient(site.port());
        RawClient second = new RawClient(site.port());
        RawHttp2 streams = http2()) {
      first.send(POST);
      second.send(POST);
      awaitAsked(2);
      RawClient gone = new RawClient(site.port());
      gone.send(
          RawClient.head(method + " /queued HTTP/1.1", "Host: shop", "Content-Length: 2") + "ab");
      Site.await("it waits", () -> site.php("queued") == 1);
      gone.close();
      Site.await("it waits no more", () -> site.php("queued") == 0);
      streams.headers(1, true, head(method, "/queued"));
      Site.await("another one waits", () -> site.php("queued") == 1);
      streams.send(RawHttp2.RST_STREAM, 0, 1, CANCEL);
      Site.await("it waits no more", () -> site.php("queued") == 0);
      Site.await("both are given up", () -> site.status("requestsGivenUp") == 2);
      release.countDown();
      assertEquals(200, first.reply().status());
      assertEquals(200, second.reply().status());
      assertEquals("/x", RawClient.get(site.port(), "/x").text());
      assertEquals(3, asked.get());
      assertEquals(0, site.status("upstreamErrors"));
    }
  }

  private static List<String> head(String method, String path) {
    return List.of(":method: " + method, ":scheme: https", ":authority: shop", ":path: " + path);
  }
}
