package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.AppLimits;
import appliance.config.ClientsConfig;
import appliance.config.HttpsConfig;
import appliance.config.TrafficConfig;
import appliance.edge.upstream.UpstreamLimits;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgiLimits;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not take their answers keep nobody else from the application. */
final class SlowClientsTest {

  /** More than a client of HTTP/2 takes before it says so, and less than the edge holds. */
  private static final int PAGE_BYTES = 700_000;

  private static final int CHUNK = 5000;
  private static final int SLOW_ANSWERS = 4;

  /** One for each I/O thread: a client that keeps it would be noticed. */
  private static final AppLimits FEW =
      new AppLimits(2, 2, AppLimits.Queue.DEFAULTS, AppLimits.Timeouts.DEFAULTS, true);

  /** With a client for longer than a test takes. */
  private static final AppLimits PATIENT = new AppLimits(
      FEW.connections(),
      FEW.phpConnections(),
      FEW.queue(),
      new AppLimits.Timeouts(
          Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofHours(1), Duration.ZERO),
      true);

  @TempDir
  private Path root = Path.of("");

  /** How many the application was asked for: it has one connection for each thread. */
  private final AtomicInteger pages = new AtomicInteger();

  private HttpsConfig https() throws Exception {
    return new HttpsConfig(
        new HostPort("127.0.0.1", 0), List.of(Certificates.make(root, "x", "x")));
  }

  private static String page() {
    StringBuilder page = new StringBuilder(PAGE_BYTES + 16);
    for (int i = 0; page.length() < PAGE_BYTES; i++) {
      page.append(i).append('\n');
    }
    return page.toString();
  }

  private static List<String> request(String path) {
    return List.of(":method: GET", ":scheme: https", ":authority: x", ":path: " + path);
  }

  /** With HTTP/2 the client alone decides how much it is sent, whatever sockets hold. */
  private void assertNobodyWaits(int port, int httpsPort, String page) throws Exception {
    try (RawHttp2 slow = new RawHttp2(httpsPort)) {
      for (int i = 0; i < SLOW_ANSWERS; i++) {
        slow.headers(2 * i + 1, true, request("/page"));
      }
      Site.await("the application is done", () -> pages.get() == SLOW_ANSWERS);
      assertEquals("small", RawClient.get(port, "/small").text());
      openWindow(slow, 0);
      for (int i = 0; i < SLOW_ANSWERS; i++) {
        openWindow(slow, 2 * i + 1);
      }
      Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
      for (int ended = 0; ended < SLOW_ANSWERS; ) {
        RawHttp2.Frame frame = slow.next();
        if (frame.type() == RawHttp2.DATA) {
          byte[] bytes = new byte[frame.payload().remaining()];
          frame.payload().get(bytes);
          bodies
              .computeIfAbsent(frame.stream(), n -> new ByteArrayOutputStream())
              .write(bytes);
        }
        ended += frame.endsStream() ? 1 : 0;
      }
      for (ByteArrayOutputStream body : bodies.values()) {
        assertEquals(page, body.toString(StandardCharsets.US_ASCII));
      }
      assertEquals(SLOW_ANSWERS, bodies.size());
    }
  }

  private static void openWindow(RawHttp2 client, int stream) throws IOException {
    byte[] more =
        ByteBuffer.allocate(4).putInt(SLOW_ANSWERS * PAGE_BYTES + 1000).array();
    client.send(RawHttp2.WINDOW_UPDATE, 0, stream, more);
  }

  @Test
  void those_of_an_application_over_http() throws Exception {
    String page = page();
    try (RawApp app = new RawApp(request -> request.ok(answer(request.path(), page)));
        Site site = new Site(UpstreamLimits.of(FEW, 2), https(), TrafficConfig.DEFAULTS, app)) {
      assertNobodyWaits(site.port(), site.httpsPort(), page);
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
    }
  }

  @Test
  void those_of_one_that_sends_its_page_in_chunks() throws Exception {
    String page = page();
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          String answer = answer(request.path(), page);
          for (int at = 0; at < answer.length(); at += CHUNK) {
            String piece = answer.substring(at, Math.min(answer.length(), at + CHUNK));
            request.write(Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n");
          }
          request.write("0\r\n\r\n");
        });
        Site site = new Site(UpstreamLimits.of(FEW, 2), https(), TrafficConfig.DEFAULTS, app)) {
      assertNobodyWaits(site.port(), site.httpsPort(), page);
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
    }
  }

  @Test
  void those_that_leave_leave_nothing_behind() throws Exception {
    String page = page();
    try (RawApp app = new RawApp(request -> request.ok(answer(request.path(), page)));
        Site site = new Site(UpstreamLimits.of(PATIENT, 2), https(), TrafficConfig.DEFAULTS, app)) {
      RawHttp2 slow = new RawHttp2(site.httpsPort());
      for (int i = 0; i < SLOW_ANSWERS; i++) {
        slow.headers(2 * i + 1, true, request("/page"));
      }
      Site.await("the application is done", () -> pages.get() == SLOW_ANSWERS);
      slow.close();
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
    }
  }

  @Test
  void those_that_reset_their_streams_leave_nothing_behind_and_may_ask_again() throws Exception {
    String page = page();
    try (RawApp app = new RawApp(request -> request.ok(answer(request.path(), page)));
        Site site = new Site(UpstreamLimits.of(PATIENT, 2), https(), TrafficConfig.DEFAULTS, app);
        RawHttp2 slow = new RawHttp2(site.httpsPort())) {
      assertResetsLeaveNothing(slow);
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
    }
  }

  @Test
  void those_of_php_that_reset_their_streams_leave_nothing_behind_either() throws Exception {
    try (PhpSite site = php(page());
        RawHttp2 slow = new RawHttp2(site.edge.httpsPort())) {
      assertResetsLeaveNothing(slow);
      Site.await(
          "all memory given back",
          () -> Long.valueOf(0).equals(site.fastCgi.status().json().get("heldBytes")));
    }
  }

  /** Some of them by a method whose end nobody may bring about. */
  private void assertResetsLeaveNothing(RawHttp2 slow) throws Exception {
    for (int i = 0; i < SLOW_ANSWERS; i++) {
      List<String> request = new ArrayList<>(request("/page"));
      request.set(0, ":method: " + (i % 2 == 0 ? "GET" : "POST"));
      slow.headers(2 * i + 1, true, request);
    }
    Site.await("the application is done", () -> pages.get() == SLOW_ANSWERS);
    for (int i = 0; i < SLOW_ANSWERS; i++) {
      slow.send(RawHttp2.RST_STREAM, 0, 2 * i + 1, new byte[4]);
    }
    int next = 2 * SLOW_ANSWERS + 1;
    openWindow(slow, 0);
    slow.headers(next, true, request("/small"));
    assertEquals("200", slow.end(next));
  }

  @Test
  void those_of_php() throws Exception {
    String page = page();
    try (PhpSite site = php(page)) {
      assertNobodyWaits(site.port(), site.edge.httpsPort(), page);
    }
  }

  private PhpSite php(String page) throws Exception {
    FakePhp php = new FakePhp(request -> {
      String answer = answer(String.valueOf(request.parameters().get("REQUEST_URI")), page);
      request.send(FakePhp.stdout("Content-Type: text/plain\r\n\r\n"));
      for (int at = 0; at < answer.length(); at += CHUNK) {
        request.send(FakePhp.stdout(answer.substring(at, Math.min(answer.length(), at + CHUNK))));
      }
      request.send(FakePhp.end(0));
    });
    FastCgiLimits limits = FastCgiLimits.of(FEW, Duration.ofSeconds(60));
    return new PhpSite(
        root, php, ClientsConfig.DEFAULTS, config -> config.with(limits), Optional.of(https()));
  }

  private String answer(String path, String page) {
    pages.addAndGet(path.equals("/page") ? 1 : 0);
    return path.equals("/page") ? page : "small";
  }
}
