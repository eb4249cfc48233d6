package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.TrafficConfig;
import appliance.edge.proxy.LocalApplication;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.model.CheckResult;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Health;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Published;
import appliance.testing.Ports;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A write is acknowledged only while the epoch's master stands behind it. */
final class EdgeFenceTest {

  private static final NodeId HERE = NodeId.random();
  private static final NodeId THERE = NodeId.random();
  private static final String WRITE = RawClient.head(
          "POST / HTTP/1.1",
          "Host: admin.example",
          "Content-Length: 3",
          "appliance-epoch: 77",
          "Appliance-Write: READ 1")
      + "abc";

  @Test
  void an_acknowledged_write_names_its_epoch_and_a_client_cannot() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = new Site(a)) {
      RawClient.Reply reply = RawClient.ask(site.port(), WRITE);
      assertEquals(200, reply.status());
      assertTrue(reply.has("Appliance-Epoch: 1000\r\n"), reply.head());
      String head = a.heads.get(0);
      assertTrue(head.contains("Appliance-Epoch: 1000\r\n"), head);
      assertFalse(head.contains("epoch: 77") || head.contains("Appliance-Write"), head);
      assertEquals(0, site.right.underWay.get());
    }
  }

  @Test
  void an_answer_that_comes_after_the_lease_has_ended_becomes_a_503() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (RawApp a = new RawApp(request -> {
          request.body();
          goOn.await();
          request.ok("written");
        });
        Site site = new Site(a);
        RawClient writer = new RawClient(site.port())) {
      writer.send(WRITE);
      Site.await("it is under way", () -> a.requests.get() == 1);
      assertEquals(1, site.right.underWay.get());
      site.right.held = new Epoch(1_001); // lost meanwhile, even if it was won again
      goOn.countDown();
      RawClient.Reply reply = writer.reply();
      assertEquals(503, reply.status());
      assertTrue(reply.has("Retry-After:"), reply.head());
      assertFalse(reply.has("Appliance-Epoch"), reply.head());
      assertFalse(reply.text().contains("written"), reply.text());
      assertEquals(0, site.right.underWay.get());
      assertEquals(200, RawClient.ask(site.port(), WRITE).status());
    }
  }

  @Test
  void without_the_lease_writes_wait_and_reads_go_on() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = new Site(a);
        RawClient writer = new RawClient(site.port())) {
      site.right.held = Epoch.NONE; // the view still names this node as master
      writer.send(WRITE);
      Site.await("it waits", () -> site.status("requestsHeld").intValue() == 1);
      assertEquals(200, RawClient.get(site.port(), "/").status());
      assertEquals(1, a.requests.get());
      site.right.held = new Epoch(1_002);
      assertTrue(writer.reply().has("Appliance-Epoch: 1002\r\n"));
    }
  }

  @Test
  void a_master_that_has_to_wait_is_sent_writes_as_soon_as_it_may_write() throws Exception {
    try (RawApp a = RawApp.saying("a");
        Site site = new Site(a);
        RawClient writer = new RawClient(site.port())) {
      site.right.held = Epoch.NONE;
      site.waiting(true);
      writer.send(WRITE);
      Site.await("it waits", () -> site.status("requestsHeld").intValue() == 1);
      assertEquals(200, RawClient.get(site.port(), "/").status());
      assertEquals(1, a.requests.get());
      site.right.held = new Epoch(1_002);
      site.waiting(false);
      assertTrue(writer.reply().has("Appliance-Epoch: 1002\r\n"));
    }
  }

  @Test
  void a_write_to_another_node_goes_by_its_relay_and_waits_for_that_nodes_lease() throws Exception {
    try (RawApp app = RawApp.saying("there");
        Pair pair = new Pair(app);
        RawClient writer = new RawClient(pair.first.port())) {
      RawClient.Reply reply = RawClient.ask(pair.first.port(), WRITE);
      assertTrue(reply.has("Appliance-Epoch: 5\r\n"), reply.head());
      assertTrue(app.heads.get(0).contains("Appliance-Epoch: 5\r\n"), app.heads.get(0));
      pair.right.held = Epoch.NONE;
      writer.send(WRITE);
      Site.await("it waits here", () -> held(pair.first) == 1);
      assertEquals(1, app.requests.get());
      pair.right.held = new Epoch(5);
      assertEquals(200, writer.reply().status());
      assertTrue(
          pair.first.health(THERE).healthy(), "a refusal is nothing against the application");
    }
  }

  @Test
  void a_lower_epoch_is_refused_by_the_receiver() throws Exception {
    try (RawApp app = RawApp.saying("there");
        Pair pair = new Pair(app);
        RawClient writer = new RawClient(pair.first.port())) {
      pair.right.held = new Epoch(6);
      pair.there.publish(pair.view(THERE, 6));
      writer.send(WRITE);
      Site.await("it waits here", () -> held(pair.first) == 1);
      assertEquals(0, app.requests.get());
      pair.here.publish(pair.view(HERE, 6));
      assertTrue(writer.reply().has("Appliance-Epoch: 6\r\n"));
      pair.here.publish(pair.view(HERE, 7)); // the receiver has not heard of it yet
      writer.send(WRITE);
      Site.await("it waits again", () -> held(pair.first) == 1);
      pair.right.held = new Epoch(7);
      assertTrue(writer.reply().has("Appliance-Epoch: 7\r\n"));
    }
  }

  @Test
  void a_large_upload_that_the_receiver_refuses_waits_here_and_arrives_whole() throws Exception {
    String body = "x".repeat(300_000);
    String upload = RawClient.head(
        "POST / HTTP/1.1", "Host: admin.example", "Content-Length: " + body.length());
    try (RawApp app = new RawApp(request -> request.ok("took " + request.body().length));
        Pair pair = new Pair(app);
        RawClient writer = new RawClient(pair.first.port())) {
      pair.right.held = new Epoch(6);
      pair.there.publish(pair.view(THERE, 6)); // this node has not heard of it yet
      writer.send(upload + body);
      Site.await("it waits here", () -> held(pair.first) == 1);
      assertEquals(0, app.requests.get());
      pair.here.publish(pair.view(HERE, 6));
      RawClient.Reply reply = writer.reply();
      assertEquals("took 300000", reply.text());
      assertTrue(reply.has("Appliance-Epoch: 6\r\n"), reply.head());
      pair.here.publish(pair.view(HERE, 7)); // the receiver has not heard of it yet
      writer.send(upload + body);
      Site.await("it waits again", () -> held(pair.first) == 1);
      pair.right.held = new Epoch(7);
      assertEquals("took 300000", writer.reply().text());
      assertEquals(2, app.requests.get());
    }
  }

  @Test
  void an_answer_of_an_application_within_the_process_is_fenced_as_well() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    LocalApplication php = new LocalApplication(
        (exchange, caller) -> exchange.dispatch(whole -> {
          begun.countDown();
          goOn.await();
          whole.getResponseSender().send("written");
        }),
        () -> Health.HEALTHY,
        (thread, question, result) -> result.accept(CheckResult.PASSED),
        () -> false,
        () -> {});
    Right right = new Right();
    Published<ClusterView> views = new Published<>(ClusterView.empty("test", HERE));
    URI app = URI.create("fastcgi://127.0.0.1:1");
    try (Edge edge =
            edge(new HostPort("127.0.0.1", 0), Optional.of(app), views, right, Optional.of(php));
        RawClient writer = new RawClient(start(edge))) {
      views.publish(new ClusterView(
          "test",
          HERE,
          new Epoch(5),
          Optional.of(HERE),
          true,
          List.of(member(HERE, port(0), app))));
      Site.await("ready", () -> edge.health(HERE).healthy());
      writer.send(WRITE);
      begun.await();
      right.held = Epoch.NONE;
      goOn.countDown();
      RawClient.Reply reply = writer.reply();
      assertEquals(503, reply.status());
      assertFalse(reply.text().contains("written"), reply.text());
    }
  }

  private static int start(Edge edge) {
    edge.start();
    return edge.port();
  }

  private static int held(Edge edge) {
    return ((Number) edge.source().read().json().getOrDefault("requestsHeld", -1)).intValue();
  }

  private static HostPort port(int port) {
    return new HostPort("127.0.0.1", port);
  }

  private static Member member(NodeId id, HostPort relay, URI app) {
    HostPort none = port(0);
    return new Member(
        id,
        id.equals(HERE) ? "here" : "there",
        new Endpoints(none, none, relay, none, Optional.of(app)),
        MemberState.ACTIVE,
        "");
  }

  private static Edge edge(
      HostPort relay,
      Optional<URI> app,
      Published<ClusterView> views,
      Right right,
      Optional<LocalApplication> local) {
    EdgeConfig config = new EdgeConfig(
        port(0),
        Optional.empty(),
        Optional.empty(),
        app,
        List.of("admin."),
        TrafficConfig.DEFAULTS,
        ClientsConfig.DEFAULTS);
    return new Edge(
        config,
        new EdgePorts(relay, new WriteFence(views, right, epoch -> true), local, Optional::empty),
        FilesFirst.NONE,
        UpstreamLimits.DEFAULTS,
        Site.HEALTH);
  }

  /** This node's edge, and that of the master, whose application could also be reached directly. */
  private static final class Pair implements AutoCloseable {
    private final Right right = new Right();
    private final Published<ClusterView> here;
    private final Published<ClusterView> there;
    private final Member master;
    private final Edge first;
    private final Edge second;

    Pair(RawApp app) {
      HostPort relay = port(Ports.free());
      master = member(THERE, relay, app.uri());
      right.held = new Epoch(5);
      here = new Published<>(view(HERE, 5));
      there = new Published<>(view(THERE, 5));
      first = edge(port(0), Optional.empty(), here, new Right(), Optional.empty());
      second = edge(relay, Optional.of(app.uri()), there, right, Optional.empty());
      second.start();
      first.start();
      Site.await("ready", () -> first.health(THERE).healthy());
    }

    ClusterView view(NodeId self, long epoch) {
      return new ClusterView(
          "test", self, new Epoch(epoch), Optional.of(THERE), true, List.of(master));
    }

    @Override
    public void close() {
      first.close();
      second.close();
    }
  }
}
