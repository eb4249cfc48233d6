package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.Epoch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that go away while their requests wait for their turn. */
final class QueuedClientGoneTest {

  @TempDir
  private Path folder = Path.of("");

  private final WaitingApp waiting = new WaitingApp();

  @AfterEach
  void close() {
    waiting.close();
  }

  private static int queued(Site site) {
    return site.status("requestsWaitingForConnection").intValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST"})
  void who_waits_in_the_queue_leaves_it(String method) throws Exception {
    RawApp app = waiting.app;
    try (Site site = new Site(WaitingApp.limits(1, true), app)) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        RawClient client = new RawClient(site.port());
        String head = "/wait/" + i + "/ HTTP/1.1";
        client.send(RawClient.head(method + " " + head, "Host: x", "Content-Length: 2") + "ab");
        clients.add(client);
      }
      Site.await(
          "all are there", () -> app.requests.get() > 0 && app.heads.size() + queued(site) == 16);
      int asked = app.heads.size();
      for (int i = 0; i < 16; i++) {
        String path = " /wait/" + i + "/ ";
        if (app.heads.stream().noneMatch(head -> head.contains(path))) {
          clients.get(i).close();
        }
      }
      WaitingApp.awaitGivenUp(site, 16 - asked);
      assertEquals(0, queued(site));
      waiting.release.countDown();
      WaitingApp.awaitNothingUnderWay(site);
      assertEquals(asked, app.requests.get());
      WaitingApp.assertNobodyBlamed(site);
    }
  }

  @Test
  void a_check_makes_no_place_for_another_request() throws Exception {
    RawApp app = waiting.app;
    try (Site site = new Site(WaitingApp.limits(1, true), app)) {
      for (int i = 0; i < 16; i++) {
        new RawClient(site.port()).send(WaitingApp.PLAIN.formatted("wait"));
      }
      Site.await(
          "all are there", () -> app.requests.get() > 0 && app.heads.size() + queued(site) == 16);
      int asked = app.heads.size();
      int checks = app.checks.get();
      Site.await("more checks", () -> app.checks.get() > checks + 5);
      assertEquals(asked, app.heads.size());
    }
  }

  /** Its client may still wait for a word on its body. */
  @Test
  void a_stream_that_is_reset_within_its_request_leaves_the_queue() throws Exception {
    try (Site site = waiting.overTls(folder, WaitingApp.limits(1, true));
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, true, request("/wait"));
      waiting.awaitAsked(1);
      client.headers(
          3,
          false,
          List.of(
              ":method: POST",
              ":scheme: https",
              ":authority: x",
              ":path: /queued",
              "content-length: 10"));
      assertLeaves(site, client);
      assertEquals(1, site.status("requestsGivenUp").intValue());
    }
  }

  @Test
  void a_stream_that_is_reset_leaves_the_queue() throws Exception {
    try (Site site = waiting.overTls(folder, WaitingApp.limits(1, true));
        RawHttp2 client = new RawHttp2(site.httpsPort())) {
      client.headers(1, true, request("/wait"));
      waiting.awaitAsked(1);
      client.headers(3, true, request("/queued"));
      assertLeaves(site, client);
    }
  }

  /** Stream 3, while 1 is under way. */
  private void assertLeaves(Site site, RawHttp2 client) throws Exception {
    Site.await("it waits", () -> queued(site) == 1);
    client.send(RawHttp2.RST_STREAM, 0, 3, new byte[] {0, 0, 0, 8});
    Site.await("it waits no more", () -> queued(site) == 0);
    waiting.release.countDown();
    assertEquals("200", client.end(1));
    WaitingApp.awaitNothingUnderWay(site);
    assertEquals(1, waiting.app.requests.get());
    WaitingApp.assertNobodyBlamed(site);
  }

  private static List<String> request(String path) {
    return List.of(":method: GET", ":scheme: https", ":authority: x", ":path: " + path);
  }

  @Test
  void who_waits_for_a_master_is_held_no_longer() throws Exception {
    try (Site site = new Site(waiting.app)) {
      site.master(-1);
      assertHeldNoLonger(site);
      site.master(0);
      assertEquals("/0", RawClient.get(site.port(), "/").text());
      assertEquals(1, waiting.app.requests.get());
    }
  }

  /** It is refused, and asks again and again. */
  @Test
  void who_waits_for_the_masters_right_is_held_no_longer() throws Exception {
    try (Site site = new Site(waiting.app)) {
      site.right.held = Epoch.NONE;
      assertHeldNoLonger(site);
    }
  }

  private void assertHeldNoLonger(Site site) throws Exception {
    RawClient client = new RawClient(site.port());
    client.send(
        RawClient.head("POST /held HTTP/1.1", "Host: x", "Content-Length: 1000") + "a piece");
    Site.await("it is held", () -> site.status("requestsHeld").intValue() == 1);
    client.close();
    WaitingApp.awaitGivenUp(site, 1);
    WaitingApp.awaitNothingUnderWay(site);
    assertEquals(0, site.status("requestsHeld").intValue());
    assertEquals(0, waiting.app.requests.get());
    WaitingApp.assertNobodyBlamed(site);
  }
}
