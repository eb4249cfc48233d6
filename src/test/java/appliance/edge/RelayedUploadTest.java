package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.TrafficConfig;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.WriteRight;
import appliance.runtime.Published;
import appliance.testing.Ports;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A write that another edge sends to this node's relay while the master changes: that edge cannot send a
 * large one again, so that the relay waits for its own news instead of refusing it.
 */
final class RelayedUploadTest {

  private static final NodeId HERE = NodeId.random();
  private static final NodeId OTHER = NodeId.random();
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);
  private static final int LARGE = 100_000;
  private static final int SMALL = 3;

  private final RawApp app = new RawApp(request -> request.ok("took " + request.body().length));
  private final HostPort relay = new HostPort("127.0.0.1", Ports.free());
  private final Counted right = new Counted();
  private final Published<ClusterView> views = new Published<>(view(5, Optional.of(OTHER)));
  private final Edge edge = new Edge(
      new EdgeConfig(
          ANY,
          Optional.empty(),
          Optional.empty(),
          Optional.of(app.uri()),
          List.of("admin."),
          TrafficConfig.DEFAULTS,
          ClientsConfig.DEFAULTS),
      new EdgePorts(
          relay, new WriteFence(views, right, epoch -> true), Optional.empty(), Optional::empty),
      FilesFirst.NONE,
      UpstreamLimits.DEFAULTS,
      Site.HEALTH);

  /** Counts how often it is asked for. */
  private static final class Counted implements WriteRight {

    private final Right right = new Right();
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public Epoch begin() {
      asked.incrementAndGet();
      return right.begin();
    }

    @Override
    public boolean stands(Epoch epoch) {
      return right.stands(epoch);
    }

    @Override
    public void end() {
      right.end();
    }
  }

  private ClusterView view(long epoch, Optional<NodeId> master) {
    return new ClusterView(
        "test", HERE, new Epoch(epoch), master, true, List.of(member(HERE), member(OTHER)));
  }

  private Member member(NodeId id) {
    Endpoints endpoints = new Endpoints(
        ANY, ANY, relay, ANY, id.equals(HERE) ? Optional.of(app.uri()) : Optional.empty());
    return new Member(id, id.equals(HERE) ? "here" : "other", endpoints, MemberState.ACTIVE, "");
  }

  private RawClient upload(String order, int bytes) throws Exception {
    RawClient sender = new RawClient(relay.port());
    sender.send(RawClient.head(
            "POST /upload HTTP/1.1",
            "Host: site.example",
            "Content-Length: " + bytes,
            "Appliance-Write: " + order)
        + "x".repeat(bytes));
    return sender;
  }

  private void start() {
    right.right.held = Epoch.NONE;
    edge.start();
    Site.await("ready", () -> edge.health(HERE).healthy());
  }

  private int held() {
    return ((Number) edge.source().read().json().getOrDefault("requestsHeld", -1)).intValue();
  }

  private void awaitHeld() {
    Site.await("it waits", () -> held() == 1);
    assertEquals(0, app.requests.get());
  }

  private static void assertTaken(RawClient sender, int epoch) throws Exception {
    RawClient.Reply reply = sender.reply();
    assertEquals("took " + LARGE, reply.text());
    assertTrue(reply.has("Appliance-Epoch: " + epoch + "\r\n"), reply.head());
  }

  private void assertRefused(RawClient sender) throws Exception {
    RawClient.Reply reply = sender.reply();
    assertEquals(503, reply.status());
    assertTrue(reply.has("Appliance-Relay-Fenced:"), reply.head());
    assertEquals(0, app.requests.get());
  }

  @AfterEach
  void close() {
    edge.close();
    app.close();
  }

  @Test
  void a_large_one_waits_until_this_node_has_heard_of_its_epoch() throws Exception {
    start();
    try (RawClient sender = upload("WRITE 6", LARGE)) {
      awaitHeld();
      views.publish(view(6, Optional.of(OTHER)));
      assertTaken(sender, 6);
    }
  }

  @Test
  void a_large_one_waits_while_this_node_knows_of_no_master() throws Exception {
    start();
    views.publish(view(6, Optional.empty()));
    try (RawClient sender = upload("WRITE 6", LARGE)) {
      awaitHeld();
      views.publish(view(6, Optional.of(OTHER)));
      assertTaken(sender, 6);
    }
  }

  @Test
  void a_large_one_for_the_master_waits_until_this_node_is_it_and_has_its_lease() throws Exception {
    start();
    try (RawClient sender = upload("MASTER 6", LARGE)) {
      awaitHeld();
      int before = right.asked.get();
      views.publish(view(6, Optional.of(HERE)));
      Site.await("it waits on, without the lease", () -> right.asked.get() > before + 1);
      assertEquals(0, app.requests.get());
      right.right.held = new Epoch(6);
      assertTaken(sender, 6);
      Site.await("it has ended", () -> right.right.underWay.get() == 0);
    }
  }

  @Test
  void one_whose_epoch_passes_while_it_waits_is_refused() throws Exception {
    start();
    try (RawClient sender = upload("WRITE 6", LARGE)) {
      awaitHeld();
      views.publish(view(7, Optional.of(OTHER)));
      assertRefused(sender);
    }
  }

  @Test
  void one_for_a_master_that_is_another_node_by_now_is_refused_at_once() throws Exception {
    start();
    try (RawClient sender = upload("MASTER 5", LARGE)) {
      assertRefused(sender);
      assertEquals(1, right.asked.get());
    }
  }

  @Test
  void a_small_one_is_refused_at_once_as_its_sender_can_send_it_again() throws Exception {
    start();
    try (RawClient sender = upload("MASTER 6", SMALL)) {
      assertRefused(sender);
      assertEquals(1, right.asked.get());
    }
  }

  @Test
  void the_wait_ends_after_ten_seconds() throws Exception {
    start();
    try (RawClient sender = upload("WRITE 6", LARGE)) {
      awaitHeld();
      assertRefused(sender);
      Site.await("it does not wait any more", () -> held() == 0);
    }
  }
}
