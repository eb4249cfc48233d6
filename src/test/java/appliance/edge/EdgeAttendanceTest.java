package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.TrafficConfig;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.model.Attendance;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Published;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Writes to the public hosts on a node that is not master: a majority has to stand behind them. */
final class EdgeAttendanceTest {

  private static final NodeId HERE = NodeId.random();
  private static final NodeId MASTER = NodeId.random();
  private static final HostPort NONE = new HostPort("127.0.0.1", 0);

  private final Right right = new Right();
  private volatile Epoch confirmed = new Epoch(5);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  private static String request(String method) {
    return RawClient.head(method + " / HTTP/1.1", "Host: x", "Content-Length: 3") + "abc";
  }

  private static ClusterView view(long epoch, URI app) {
    return new ClusterView(
        "test",
        HERE,
        new Epoch(epoch),
        Optional.of(MASTER),
        true,
        List.of(member(HERE, Optional.of(app)), member(MASTER, Optional.empty())));
  }

  private static Member member(NodeId id, Optional<URI> app) {
    String name = id.equals(HERE) ? "here" : "master";
    return new Member(id, name, new Endpoints(NONE, NONE, NONE, NONE, app), MemberState.ACTIVE, "");
  }

  private Edge edge(Published<ClusterView> views, Set<String> writeMethods) {
    right.held = Epoch.NONE;
    TrafficConfig standard = TrafficConfig.DEFAULTS;
    TrafficConfig traffic = new TrafficConfig(
        standard.balance(),
        standard.health(),
        standard.accessLog(),
        standard.quota(),
        Duration.ofMinutes(1),
        writeMethods,
        standard.apps());
    EdgeConfig config = new EdgeConfig(
        NONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of("admin."),
        traffic,
        ClientsConfig.DEFAULTS);
    WriteFence fence = new WriteFence(views, right, attendance());
    Edge edge = new Edge(
        config,
        new EdgePorts(NONE, fence, Optional.empty(), Optional::empty),
        FilesFirst.NONE,
        UpstreamLimits.DEFAULTS,
        Site.HEALTH);
    edge.start();
    Site.await("ready", () -> edge.health(HERE).healthy());
    return edge;
  }

  private Attendance attendance() {
    return new Attendance() {
      @Override
      public boolean begin(Epoch epoch) {
        boolean begins = confirms(epoch);
        begun.addAndGet(begins ? 1 : 0);
        return begins;
      }

      @Override
      public boolean confirms(Epoch epoch) {
        asked.incrementAndGet();
        return epoch.equals(confirmed);
      }

      @Override
      public void end() {
        ended.incrementAndGet();
      }
    };
  }

  private void awaitEnded(int writes) {
    Site.await("all that has begun has ended", () -> ended.get() == writes);
    assertEquals(writes, begun.get());
  }

  private void awaitQuestions() {
    int before = asked.get();
    Site.await("it waits, and asks again", () -> asked.get() > before + 2);
  }

  @Test
  void a_write_whose_client_has_gone_waits_no_more() throws Exception {
    confirmed = Epoch.NONE;
    try (RawApp app = RawApp.saying("here");
        Edge edge = edge(new Published<>(view(5, app.uri())), TrafficConfig.WRITE_METHODS)) {
      RawClient writer = new RawClient(edge.port());
      writer.send(request("POST"));
      awaitQuestions();
      writer.close();
      Site.await("it is given up", () -> requestsGivenUp(edge) == 1);
      confirmed = new Epoch(5);
      assertTrue(RawClient.ask(edge.port(), request("POST")).has("Appliance-Epoch: 5\r\n"));
      assertEquals(1, app.requests.get());
      awaitEnded(1);
    }
  }

  private static int requestsGivenUp(Edge edge) {
    return ((Number) edge.source().read().json().getOrDefault("requestsGivenUp", 0)).intValue();
  }

  @Test
  void a_write_waits_until_a_majority_confirms_this_node_and_reads_go_on() throws Exception {
    try (RawApp app = RawApp.saying("here");
        Edge edge = edge(new Published<>(view(5, app.uri())), TrafficConfig.WRITE_METHODS);
        RawClient writer = new RawClient(edge.port())) {
      assertTrue(RawClient.ask(edge.port(), request("POST")).has("Appliance-Epoch: 5\r\n"));
      confirmed = Epoch.NONE;
      writer.send(request("POST"));
      awaitQuestions();
      assertEquals(200, RawClient.get(edge.port(), "/").status());
      assertEquals(2, app.requests.get());
      confirmed = new Epoch(5);
      assertTrue(writer.reply().has("Appliance-Epoch: 5\r\n"));
    }
  }

  @Test
  void an_answer_that_comes_when_nobody_confirms_this_node_any_more_becomes_a_503()
      throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (RawApp app = slow(goOn)) {
      Published<ClusterView> views = new Published<>(view(5, app.uri()));
      try (Edge edge = edge(views, TrafficConfig.WRITE_METHODS);
          RawClient writer = new RawClient(edge.port())) {
        writer.send(request("POST"));
        Site.await("it is under way", () -> app.requests.get() == 1);
        confirmed = Epoch.NONE; // cut off, or paused
        goOn.countDown();
        awaitQuestions();
        views.publish(view(6, app.uri()));
        RawClient.Reply reply = writer.reply();
        assertEquals(503, reply.status());
        assertTrue(reply.has("Retry-After:"), reply.head());
        assertFalse(reply.has("Appliance-Epoch"), reply.head());
        assertFalse(reply.text().contains("written"), reply.text());
        awaitEnded(1);
      }
    }
  }

  @Test
  void an_answer_that_comes_in_a_gap_waits_until_this_node_is_confirmed_again() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (RawApp app = slow(goOn);
        Edge edge = edge(new Published<>(view(5, app.uri())), TrafficConfig.WRITE_METHODS);
        RawClient writer = new RawClient(edge.port())) {
      writer.send(request("POST"));
      Site.await("it is under way", () -> app.requests.get() == 1);
      confirmed = Epoch.NONE; // the log's leader has died
      goOn.countDown();
      awaitQuestions();
      assertEquals(0, ended.get());
      confirmed = new Epoch(5);
      RawClient.Reply reply = writer.reply();
      assertTrue(reply.has("Appliance-Epoch: 5\r\n"), reply.head());
      assertEquals("written", reply.text());
      awaitEnded(1);
    }
  }

  @Test
  void a_write_that_has_begun_is_ended_once_whatever_becomes_of_it() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (RawApp app = slow(goOn);
        Edge edge = edge(new Published<>(view(5, app.uri())), TrafficConfig.WRITE_METHODS);
        RawClient answered = new RawClient(edge.port())) {
      answered.send(request("POST"));
      try (RawClient leaves = new RawClient(edge.port())) {
        leaves.send(request("POST"));
        Site.await("both are under way", () -> begun.get() == 2);
        assertEquals(0, ended.get());
      }
      goOn.countDown();
      assertEquals(200, answered.reply().status());
      awaitEnded(2);
    }
  }

  @Test
  void an_answer_after_a_change_of_the_master_is_of_the_epoch_in_which_it_goes_out()
      throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (RawApp app = slow(goOn)) {
      Published<ClusterView> views = new Published<>(view(5, app.uri()));
      try (Edge edge = edge(views, TrafficConfig.WRITE_METHODS);
          RawClient writer = new RawClient(edge.port())) {
        writer.send(request("POST"));
        Site.await("it is under way", () -> app.requests.get() == 1);
        views.publish(view(6, app.uri()));
        confirmed = new Epoch(6);
        goOn.countDown();
        assertTrue(writer.reply().has("Appliance-Epoch: 6\r\n"));
      }
    }
  }

  @Test
  void the_methods_that_write_are_the_operators_to_say() throws Exception {
    try (RawApp app = RawApp.saying("here");
        Edge edge = edge(new Published<>(view(5, app.uri())), Set.of("PUT", "MKCOL"));
        RawClient writer = new RawClient(edge.port())) {
      confirmed = Epoch.NONE;
      RawClient.Reply read = RawClient.ask(edge.port(), request("POST"));
      assertEquals(200, read.status());
      assertFalse(read.has("Appliance-Epoch"), "nobody stands behind it");
      writer.send(request("MKCOL"));
      awaitQuestions();
      confirmed = new Epoch(5);
      assertTrue(writer.reply().has("Appliance-Epoch: 5\r\n"));
    }
  }

  private static RawApp slow(CountDownLatch goOn) throws Exception {
    return new RawApp(request -> {
      request.body();
      goOn.await();
      request.ok("written");
    });
  }
}
