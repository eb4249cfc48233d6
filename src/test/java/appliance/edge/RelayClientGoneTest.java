package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that go away while another node's application works on their requests: its relay sees that their edge has left. */
final class RelayClientGoneTest {

  private final WaitingApp waiting = new WaitingApp();
  private SitePair pair;

  @BeforeEach
  void serve() {
    SitePair.Has nothing = new SitePair.Has(Optional.empty(), Optional.empty(), List.of());
    SitePair.Has app =
        new SitePair.Has(Optional.of(waiting.app.uri()), Optional.empty(), List.of());
    pair = SitePair.apart(nothing, app);
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await("ready", () -> edge.health(SitePair.THERE).healthy());
    }
  }

  @AfterEach
  void close() {
    pair.close();
    waiting.close();
  }

  private void awaitBrokenOff(int from, int reads) throws IOException {
    for (int i = 1; i <= reads; i++) {
      RawClient reader = new RawClient(pair.here.port());
      reader.send(WaitingApp.PLAIN.formatted("slow"));
      waiting.awaitAsked(from + i);
      reader.close();
      int all = i;
      Site.await("it is broken off", () -> waiting.brokenOff.get() == all);
    }
  }

  private void assertNobodyBlamed() {
    for (Edge edge : List.of(pair.here, pair.there)) {
      Site.await("nothing is under way", () -> Site.metric(edge, "edge_upstream_active") == 0);
      assertEquals(0, Site.metric(edge, "edge_upstream_failures_total"));
    }
  }

  @Test
  void a_read_is_broken_off_by_both_edges() throws Exception {
    awaitBrokenOff(0, 3);
    assertNobodyBlamed();
  }

  @Test
  void a_write_goes_on() throws Exception {
    RawClient writer = new RawClient(pair.here.port());
    writer.send(RawClient.head("POST /wait HTTP/1.1", "Host: x", "Content-Length: 2") + "ab");
    waiting.awaitAsked(1);
    writer.close();
    awaitBrokenOff(1, 4);
    waiting.release.countDown();
    Site.await("it went on", () -> waiting.wentOn.get() == 1);
    assertNobodyBlamed();
  }
}
