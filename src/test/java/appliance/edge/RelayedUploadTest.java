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
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Published;
import appliance.testing.Ports;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A write that another edge sends to this node's relay, and whose body it could not send a second time: the
 * relay says whether it lets it through before the body comes.
 */
final class RelayedUploadTest {

  private static final NodeId HERE = NodeId.random();
  private static final NodeId OTHER = NodeId.random();
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);
  private static final String BODY = "x".repeat(100_000);

  private final RawApp app = new RawApp(request -> request.ok("took " + request.body().length));
  private final HostPort relay = new HostPort("127.0.0.1", Ports.free());
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
          relay, new WriteFence(views, right(), epoch -> true), Optional.empty(), Optional::empty),
      FilesFirst.NONE,
      UpstreamLimits.DEFAULTS,
      Site.HEALTH);

  private static Right right() {
    Right none = new Right();
    none.held = Epoch.NONE;
    return none;
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

  private static String head(String order) {
    return RawClient.head(
        "POST /upload HTTP/1.1",
        "Host: site.example",
        "Expect: 100-continue",
        "Content-Length: " + BODY.length(),
        "Appliance-Write: " + order);
  }

  @BeforeEach
  void start() {
    edge.start();
    Site.await("ready", () -> edge.health(HERE).healthy());
  }

  @AfterEach
  void close() {
    edge.close();
    app.close();
  }

  @Test
  void the_body_is_asked_for_when_the_write_is_let_through() throws Exception {
    try (RawClient sender = new RawClient(relay.port())) {
      sender.send(head("WRITE 5 ask"));
      assertEquals(100, sender.reply().status());
      sender.send(BODY);
      RawClient.Reply reply = sender.reply();
      assertEquals("took " + BODY.length(), reply.text());
      assertTrue(reply.has("Appliance-Epoch: 5\r\n"), reply.head());
      assertFalse(app.heads.get(0).contains("Expect"), app.heads.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"WRITE 4 ask", "WRITE 6 ask", "MASTER 5 ask"})
  void one_that_is_refused_is_so_before_its_body_comes(String order) throws Exception {
    try (RawClient sender = new RawClient(relay.port())) {
      sender.send(head(order));
      RawClient.Reply reply = sender.reply();
      assertEquals(503, reply.status());
      assertTrue(reply.has("Appliance-Relay-Fenced:"), reply.head());
      assertEquals(0, app.requests.get());
    }
  }

  @Test
  void the_expectation_of_a_client_goes_on_to_the_application() throws Exception {
    try (RawClient sender = new RawClient(relay.port())) {
      sender.send(head("WRITE 5"));
      Site.await("the application has the head", () -> app.requests.get() == 1);
      assertTrue(app.heads.get(0).contains("Expect: 100-continue\r\n"), app.heads.get(0));
      assertEquals(100, sender.reply().status());
      sender.send(BODY);
      assertEquals("took " + BODY.length(), sender.reply().text());
    }
  }
}
