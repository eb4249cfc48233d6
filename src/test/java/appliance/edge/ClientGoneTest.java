package appliance.edge;

import static appliance.edge.WaitingApp.PLAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.UpstreamLimits;
import appliance.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that go away while an application works on their requests. */
final class ClientGoneTest {

  private static final byte[] CANCEL = {0, 0, 0, 8};

  /** How a client goes. */
  private enum Leaves {
    CLOSES {
      @Override
      void leave(RawClient client) throws IOException {
        client.close();
      }
    },
    BREAKS {
      @Override
      void leave(RawClient client) throws IOException {
        client.socket.setSoLinger(true, 0);
        client.close();
      }
    },
    /** Whether it still reads cannot be seen. */
    HALF_CLOSES {
      @Override
      void leave(RawClient client) throws IOException {
        client.socket.shutdownOutput();
      }
    },
    /** What it has sent before lies before its end. */
    CLOSES_BEHIND_ANOTHER_REQUEST {
      @Override
      void leave(RawClient client) throws IOException {
        client.send(PLAIN.formatted("next"));
        client.close();
      }
    };

    abstract void leave(RawClient client) throws IOException;
  }

  @TempDir
  private Path folder = Path.of("");

  private final WaitingApp waiting = new WaitingApp();

  @AfterEach
  void close() {
    waiting.close();
  }

  private Site overTls() {
    return waiting.overTls(folder, UpstreamLimits.DEFAULTS);
  }

  private void assertBrokenOff(Site site, int requests) {
    Site.await("broken off", () -> waiting.brokenOff.get() == requests);
    WaitingApp.awaitGivenUp(site, requests);
    WaitingApp.awaitNothingUnderWay(site);
    WaitingApp.assertNobodyBlamed(site);
    assertEquals(0, site.status("retries").intValue());
  }

  private void awaitLogged(int requests) {
    Path log = folder.resolve("access.log");
    Await.until(
        "499, as nginx has it",
        () -> Files.readString(log).split("\"status\":499", -1).length == requests + 1);
  }

  @ParameterizedTest
  @EnumSource(Leaves.class)
  void a_read_is_broken_off(Leaves way) throws Exception {
    try (Site site = new Site(waiting.app);
        RawClient client = new RawClient(site.port())) {
      client.send(PLAIN.formatted("slow"));
      waiting.awaitAsked(1);
      way.leave(client);
      assertBrokenOff(site, 1);
      assertEquals(1, waiting.app.requests.get());
      Site.await("none is left", () -> site.status("upstreamConnections").intValue() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Leaves.class)
  void a_read_over_tls_is_broken_off(Leaves way) throws Exception {
    try (Site site = overTls();
        RawClient client = new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))) {
      client.send(PLAIN.formatted("slow"));
      waiting.awaitAsked(1);
      way.leave(client);
      assertBrokenOff(site, 1);
      assertEquals(1, waiting.app.requests.get());
      awaitLogged(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_answer_that_stands_still_is_broken_off(boolean tls) throws Exception {
    try (Site site = overTls();
        RawClient client = tls
            ? new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))
            : new RawClient(site.port())) {
      client.send(PLAIN.formatted("streams"));
      client.in.readNBytes(20);
      client.socket.close();
      assertBrokenOff(site, 1);
    }
  }

  /** As many as would take an application out of service. */
  @Test
  void no_application_is_left_out_for_clients_that_leave() throws Exception {
    try (WaitingApp other = new WaitingApp();
        Site site = new Site(waiting.app, other.app)) {
      for (int i = 0; i < 12; i++) {
        RawClient client = new RawClient(site.port());
        client.send(PLAIN.formatted(i % 4 < 2 ? "slow" : "streams"));
        int asked = i + 1;
        Site.await(
            "it is asked", () -> waiting.app.requests.get() + other.app.requests.get() == asked);
        client.close();
      }
      WaitingApp.awaitGivenUp(site, 12);
      WaitingApp.awaitNothingUnderWay(site);
      Site.await("broken off", () -> waiting.brokenOff.get() + other.brokenOff.get() == 12);
      WaitingApp.assertNobodyBlamed(site);
      assertNotEquals(0, other.brokenOff.get());
      assertEquals(2, site.status("readyApplications").intValue());
    }
  }

  @Test
  void a_stream_that_is_reset_is_broken_off_and_the_others_go_on() throws Exception {
    try (Site site = overTls();
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, true, request("/slow"));
      client.headers(3, true, request("/streams"));
      client.headers(5, true, request("/wait"));
      waiting.awaitAsked(3);
      client.send(RawHttp2.RST_STREAM, 0, 1, CANCEL);
      client.send(RawHttp2.RST_STREAM, 0, 3, CANCEL);
      Site.await("broken off", () -> waiting.brokenOff.get() == 2);
      waiting.release.countDown();
      assertEquals("200", client.end(5));
      assertBrokenOff(site, 2);
    }
  }

  @Test
  void a_reset_is_not_answered_by_one_and_logged() throws Exception {
    try (Site site = overTls();
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, true, request("/slow"));
      waiting.awaitAsked(1);
      client.send(RawHttp2.RST_STREAM, 0, 1, CANCEL);
      assertBrokenOff(site, 1);
      client.headers(3, true, request("/next"));
      for (RawHttp2.Frame frame = client.next(); !frame.endsStream(); frame = client.next()) {
        assertNotEquals(RawHttp2.RST_STREAM, frame.type(), "RFC 9113, 5.4.2");
      }
      awaitLogged(1);
    }
  }

  /** Whether all of the answer has come by then, and whether its application hears of it, or goes on. */
  @ParameterizedTest
  @CsvSource({"GET,true", "POST,true", "GET,false", "POST,false"})
  void a_reset_within_an_answer_is_logged_as_the_clients(String method, boolean whole)
      throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(100_000));
          request.write(whole ? "x".repeat(200_000) : "");
          request.in().read(); // until its connection is closed
        });
        Site site = WaitingApp.overTls(folder, UpstreamLimits.DEFAULTS, app);
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(
          1, true, List.of(":method: " + method, ":scheme: https", ":authority: x", ":path: /"));
      for (int taken = 0; taken < 65_535; ) { // a stream's window
        RawHttp2.Frame frame = client.next();
        taken += frame.type() == RawHttp2.DATA ? frame.payload().remaining() : 0;
      }
      client.send(RawHttp2.RST_STREAM, 0, 1, CANCEL);
      Path log = folder.resolve("access.log");
      Await.until("it is logged", () -> Files.readString(log).contains("\"status\":200"));
      assertTrue(Files.readString(log).contains("\"broken\":\"client\""), Files.readString(log));
      WaitingApp.assertNobodyBlamed(site);
    }
  }

  @Test
  void all_streams_of_a_connection_that_ends_are_broken_off() throws Exception {
    try (Site site = overTls()) {
      RawHttp2 client = new RawHttp2(site.httpsPort());
      for (int stream = 1; stream < 8; stream += 2) {
        client.headers(stream, true, request("/slow"));
      }
      waiting.awaitAsked(4);
      client.close();
      assertBrokenOff(site, 4);
      awaitLogged(4);
    }
  }

  private static List<String> request(String path) {
    return List.of(":method: GET", ":scheme: https", ":authority: x", ":path: " + path);
  }

  @Test
  void a_write_goes_on() throws Exception {
    try (Site site = overTls()) {
      for (int i = 0; i < 8; i++) {
        RawClient client = i % 2 == 0
            ? new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))
            : new RawClient(site.port());
        client.send(RawClient.head("POST /wait HTTP/1.1", "Host: x", "Content-Length: 2") + "ab");
        waiting.awaitAsked(i + 1);
        client.close();
      }
      waiting.awaitLook(site);
      waiting.release.countDown();
      Site.await("all went on", () -> waiting.wentOn.get() == 8);
      assertEquals(8, waiting.brokenOff.get(), "those that only read");
      WaitingApp.awaitNothingUnderWay(site);
      WaitingApp.assertNobodyBlamed(site);
    }
  }

  @Test
  void a_write_whose_stream_is_reset_goes_on() throws Exception {
    try (Site site = overTls();
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(
          1,
          false,
          List.of(
              ":method: POST",
              ":scheme: https",
              ":authority: x",
              ":path: /wait",
              "content-length: 2"));
      client.data(1, true, "ab");
      Site.await("it is there", () -> waiting.arrived.get() == 1);
      client.send(RawHttp2.RST_STREAM, 0, 1, CANCEL);
      waiting.awaitLook(site);
      waiting.release.countDown();
      Site.await("it went on", () -> waiting.wentOn.get() == 1);
      client.headers(3, true, request("/next"));
      assertEquals("200", client.end(3));
      WaitingApp.awaitNothingUnderWay(site);
      WaitingApp.assertNobodyBlamed(site);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_read_goes_on_if_it_is_to(boolean tls) throws Exception {
    try (Site site = waiting.overTls(folder, WaitingApp.limits(8, false));
        RawClient client = tls
            ? new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))
            : new RawClient(site.port())) {
      client.send(PLAIN.formatted("wait"));
      waiting.awaitAsked(1);
      client.socket.shutdownOutput();
      Thread.sleep(1_000); // nothing is to happen, for all that time
      waiting.release.countDown();
      assertEquals("/wait0", client.reply().text());
      assertEquals(0, site.status("requestsGivenUp").intValue());
    }
  }
}
