package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.HttpsConfig;
import appliance.config.RequestLimits;
import appliance.model.HostPort;
import appliance.model.MemberState;
import appliance.testing.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients are granted in time and requests, and how what takes longer than it may ends. */
final class EdgeLimitsTest {

  private static final List<String> SLOW =
      List.of(":method: GET", ":scheme: https", ":authority: x", ":path: /slow");
  private static final int PATIENCE_MILLIS = 60_000;

  @TempDir
  private Path folder;

  private static ClientsConfig granting(Duration head, Duration body, int requests) {
    RequestLimits limits = new RequestLimits(32 * 1024, 100, head, 1 << 20, body, requests);
    return new ClientsConfig(List.of(), false, 0, Duration.ZERO, Optional.empty(), limits);
  }

  private HttpsConfig https() {
    return new HttpsConfig(
        new HostPort("127.0.0.1", 0), List.of(Certificates.make(folder, "x", "x")));
  }

  @Test
  void a_body_that_drips_gets_408_and_the_application_is_not_blamed() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(granting(Duration.ofSeconds(15), Duration.ofSeconds(1), 0), app);
        RawClient client = new RawClient(site.port())) {
      client.socket.setSoTimeout(PATIENCE_MILLIS);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
      Thread drip = new Thread(() -> {
        try {
          for (int i = 0; i < 10_000; i++) {
            client.send("x");
            Thread.sleep(100);
          }
        } catch (IOException | InterruptedException e) {
          return; // the edge has closed the connection, or the test is over
        }
      });
      drip.setDaemon(true);
      drip.start();
      assertEquals(408, client.reply().status());
      drip.interrupt();
      assertEquals(0, site.status("upstreamErrors").intValue());
      assertEquals(0, site.status("brokenResponses").intValue());
      assertEquals("served", RawClient.get(site.port(), "/").text());
    }
  }

  /** The application goes on with its answer, and would give the client all the time there is. */
  @Test
  void a_body_that_stops_under_an_early_answer_is_the_clients_fault_however_it_goes_on()
      throws Exception {
    CountDownLatch cut = new CountDownLatch(1);
    try (RawApp app = new RawApp(request -> {
          try {
            request.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            for (int i = 0; i < PATIENCE_MILLIS / 100; i++) {
              request.write("x");
              Thread.sleep(100);
            }
          } catch (IOException e) {
            cut.countDown();
          }
        });
        Site site = new Site(granting(Duration.ofSeconds(15), Duration.ofSeconds(3), 0), app);
        RawClient client = new RawClient(site.port())) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
      for (int i = 0; i < 90 && client.in.available() == 0; i++) {
        client.send("x".repeat(10_000)); // is in time until the answer is here
        Thread.sleep(200);
      }
      assertFalse(client.reply().whole());
      assertTrue(cut.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS), "it went on");
      assertEquals(0, site.status("brokenResponses").intValue());
    }
  }

  @Test
  void a_body_that_goes_on_may_take_longer_in_all() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site = new Site(granting(Duration.ofSeconds(15), Duration.ofSeconds(5), 0), app);
        RawClient client = new RawClient(site.port())) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n");
      for (int i = 0; i < 4; i++) {
        Thread.sleep(1_500);
        client.send("x".repeat(10_000));
      }
      assertEquals("served", client.reply().text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"200 OK", "204 No Content"})
  void a_connection_ends_with_the_answer_to_its_last_request(String status) throws Exception {
    String length = status.startsWith("204") ? "" : "Content-Length: 0\r\n";
    try (RawApp app =
            new RawApp(request -> request.write("HTTP/1.1 " + status + "\r\n" + length + "\r\n"));
        Site site = new Site(granting(Duration.ofSeconds(15), Duration.ofSeconds(60), 3), app);
        RawClient client = new RawClient(site.port())) {
      for (int i = 1; i <= 3; i++) {
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        RawClient.Reply reply = client.reply();
        assertTrue(reply.head().contains(status), reply.head());
        assertEquals(i == 3, reply.has("Connection: close"), "request " + i);
      }
      assertEquals(-1, client.in.read());
    }
  }

  @Test
  void a_header_block_that_does_not_go_on_ends_its_connection() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site =
            new Site(https(), granting(Duration.ofSeconds(1), Duration.ofSeconds(60), 0), app);
        RawHttp2 half = new RawHttp2(site.httpsPort());
        RawHttp2 whole = new RawHttp2(site.httpsPort())) {
      half.write(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, new byte[10]));
      assertEquals("closed", half.end(1));
      whole.headers(1, true, SLOW);
      assertEquals("200", whole.end(1), "one without a block is kept");
    }
  }

  @Test
  void an_http_2_connection_ends_after_its_last_request_too() throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site =
            new Site(https(), granting(Duration.ofSeconds(15), Duration.ofSeconds(60), 3), app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, true, SLOW);
      assertEquals("200", client.end(1));
      client.headers(3, true, SLOW);
      assertEquals("200", client.end(3));
      client.headers(5, true, SLOW);
      assertTrue(goneAway(client, 5), "no GOAWAY");
    }
  }

  /** Reads to the end of the connection; whether a GOAWAY came, and {@code stream} ended well. */
  private static boolean goneAway(RawHttp2 client, int stream) throws IOException {
    boolean told = false;
    boolean ended = false;
    while (!told || !ended) {
      RawHttp2.Frame frame = client.next();
      told |= frame.type() == RawHttp2.GOAWAY && frame.payload().getInt(4) == 0;
      ended |= frame.stream() == stream && frame.endsStream();
    }
    return true;
  }

  @Test
  void a_busy_http_2_client_is_told_to_leave_and_its_requests_end() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (RawApp app = new RawApp(request -> {
          go.await();
          request.ok("served");
        });
        Site site = new Site(https(), app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, true, SLOW);
      Site.await("the request", () -> app.requests.get() == 1);
      site.state(0, MemberState.DRAINING);
      RawHttp2.Frame frame = client.next();
      while (frame.type() != RawHttp2.GOAWAY) {
        assertFalse(frame.stream() == 1 && frame.endsStream(), "answered before it was told");
        frame = client.next();
      }
      assertEquals(0x7fffffff, frame.payload().getInt(0));
      go.countDown();
      assertTrue(goneAway(client, 1), "no last GOAWAY");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0016\u0003\u0001\u0002\u0000\u0001"})
  void a_handshake_that_does_not_go_on_ends(String begun) throws Exception {
    try (RawApp app = RawApp.saying("served");
        Site site =
            new Site(https(), granting(Duration.ofSeconds(1), Duration.ofSeconds(60), 0), app);
        RawClient client =
            new RawClient(new Socket(InetAddress.getLoopbackAddress(), site.httpsPort()))) {
      client.socket.setSoTimeout(PATIENCE_MILLIS);
      client.send(begun);
      assertEquals(-1, client.in.read());
    }
  }

  @Test
  void what_is_still_under_way_when_a_node_counts_as_drained_is_cut() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (RawApp app = new RawApp(request -> never.await());
        Site site = new Site(app);
        RawClient client = new RawClient(site.port())) {
      client.socket.setSoTimeout(PATIENCE_MILLIS);
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      Site.await("the request", () -> app.requests.get() == 1);
      site.state(0, MemberState.DRAINING);
      site.state(0, MemberState.DRAINED);
      assertEquals(502, client.reply().status());
      Site.await("nothing under way", () -> site.status("active").intValue() == 0);
      never.countDown();
    }
  }
}
