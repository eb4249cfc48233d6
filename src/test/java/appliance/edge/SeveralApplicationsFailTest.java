package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.Sticky;
import appliance.model.MemberState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications of one node that fail, and what the node makes of it for those who ask it. */
final class SeveralApplicationsFailTest {

  /** What an application does by the order of a request. */
  private final List<RawApp> apps = new CopyOnWriteArrayList<>();

  private final AtomicInteger orders = new AtomicInteger();

  private boolean ordered(RawApp.Request request) throws IOException {
    request.body();
    boolean ordered = request.path().equals("/order");
    orders.addAndGet(ordered ? 1 : 0);
    return ordered;
  }

  private void dies(RawApp.Request request) throws IOException {
    if (ordered(request)) {
      kill(request, true);
    } else {
      request.ok("ok");
    }
  }

  private void breaksOffAndIsTheLast(RawApp.Request request) throws IOException {
    if (ordered(request)) {
      kill(request, false);
      throw new IOException("breaks off");
    }
    request.ok("ok");
  }

  /** Kills the one that has the request, or all others. */
  private void kill(RawApp.Request request, boolean own) {
    int port = request.socket().getLocalPort();
    apps.stream().filter(app -> own == (app.port() == port)).forEach(RawApp::kill);
  }

  private static String order(String method) {
    return RawClient.head(method + " /order HTTP/1.1", "Host: admin.example", "Content-Length: 0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_post_that_kills_its_application_is_done_by_one_only(boolean own) throws Exception {
    try (RawApp a = new RawApp(this::dies);
        RawApp b = new RawApp(this::dies);
        RawApp c = new RawApp(this::dies);
        RawApp there = RawApp.saying("there");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b, c), there);
        RawClient client = new RawClient((own ? nodes.here : nodes.there).port())) {
      apps.addAll(List.of(a, b, c));
      for (int i = 0; i < 6; i++) { // so that connections are kept to each
        client.send(RawClient.head("GET / HTTP/1.1", "Host: admin.example"));
        assertEquals(200, client.reply().status());
      }
      client.send(order("POST"));
      assertEquals(502, client.reply().status());
      assertEquals(1, orders.get());
    }
  }

  @Test
  void a_post_that_kills_the_single_application_of_a_node_is_not_tried_at_another_node()
      throws Exception {
    try (RawApp a = new RawApp(this::dies);
        RawApp b = new RawApp(this::dies);
        Site site = new Site(a, b);
        RawClient client = new RawClient(site.port())) {
      apps.addAll(List.of(a, b));
      for (int i = 0; i < 4 || b.requests.get() < a.requests.get(); i++) { // a's turn is next
        client.send(RawClient.head("GET / HTTP/1.1", "Host: site.example"));
        assertEquals(200, client.reply().status());
      }
      client.send(
          RawClient.head("POST /order HTTP/1.1", "Host: site.example", "Content-Length: 0"));
      assertEquals(502, client.reply().status());
      assertEquals(1, orders.get());
    }
  }

  @Test
  void what_one_has_seen_counts_as_seen_though_the_next_cannot_be_reached() throws Exception {
    try (RawApp a = new RawApp(this::breaksOffAndIsTheLast);
        RawApp b = new RawApp(this::breaksOffAndIsTheLast);
        RawApp there = RawApp.saying("there");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), there)) {
      apps.addAll(List.of(a, b));
      RawClient.Reply reply = RawClient.ask(nodes.there.port(), order("PUT"));
      assertEquals(502, reply.status());
      assertTrue(reply.text().contains("broke off"), reply.text());
      assertEquals(1, orders.get());
    }
  }

  @Test
  void what_is_cut_as_its_node_counts_as_drained_goes_to_another_node_only() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    List<RawClient> clients = new ArrayList<>();
    try (RawApp a = new RawApp(request -> never.await());
        RawApp b = new RawApp(request -> never.await());
        RawApp there = RawApp.saying("there");
        SeveralPair nodes = new SeveralPair(Sticky.OFF, List.of(a, b), there)) {
      for (int i = 0; i < 8; i++) {
        RawClient client = new RawClient(nodes.here.port());
        clients.add(client);
        client.send(RawClient.head("GET / HTTP/1.1", "Host: site.example"));
      }
      Site.await("half of them are here", () -> a.requests.get() + b.requests.get() == 4);
      nodes.state(MemberState.DRAINING);
      nodes.state(MemberState.DRAINED);
      for (RawClient client : clients) {
        assertEquals("there", client.reply().text());
      }
      assertEquals(4, a.requests.get() + b.requests.get());
      for (RawApp app : List.of(a, b)) {
        String none = "edge_application_failures_total " + app.uri() + " 0\n";
        assertTrue(nodes.metrics().contains(none), nodes.metrics());
      }
    } finally {
      never.countDown();
      for (RawClient client : clients) {
        client.close();
      }
    }
  }
}
