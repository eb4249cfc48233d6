package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import appliance.runtime.ExitCode;
import appliance.runtime.Published;
import appliance.runtime.StartFailure;
import appliance.testing.Ports;
import appliance.trust.Trust;
import appliance.trust.Trusted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications on another machine's loopback are reached by that machine's relay. */
final class EdgeRelayTest {

  private static final NodeId HERE = NodeId.random();
  private static final NodeId THERE = NodeId.random();

  @TempDir
  Path folder;

  private final Map<NodeId, Trust> trusts = new HashMap<>();

  @BeforeEach
  void make_both_members() throws IOException {
    trusts.putAll(MutualTrust.of(folder, List.of(HERE, THERE)));
  }

  @AfterEach
  void close_keys() {
    trusts.values().forEach(Trust::close);
  }

  /** An address of this machine that is not loopback, to stand for a second machine. */
  private static String outside() throws IOException {
    for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (InetAddress address : Collections.list(each.getInetAddresses())) {
        if (!address.isLoopbackAddress() && address instanceof java.net.Inet4Address) {
          return address.getHostAddress();
        }
      }
    }
    return "";
  }

  private static Member member(NodeId id, HostPort relay, Optional<URI> app) {
    HostPort cluster = relay.withPort(1);
    return new Member(
        id,
        id.equals(HERE) ? "here" : "there",
        new Endpoints(cluster, cluster, relay, cluster, app),
        MemberState.ACTIVE,
        "");
  }

  private Edge edge(HostPort relay, Optional<URI> app, Published<ClusterView> views) {
    Trust trust = Optional.ofNullable(trusts.get(views.get().self())).orElseThrow();
    EdgeConfig config = new EdgeConfig(
        new HostPort("127.0.0.1", 0),
        Optional.empty(),
        Optional.empty(),
        app,
        List.of(),
        TrafficConfig.DEFAULTS,
        ClientsConfig.DEFAULTS);
    Edge edge = new Edge(
        config,
        new EdgePorts(
            relay,
            new WriteFence(views, new Right(), epoch -> true),
            List.of(),
            Optional::empty,
            Optional.of(trust),
            java.util.Map.of()),
        FilesFirst.NONE,
        UpstreamLimits.DEFAULTS,
        Site.HEALTH);
    edge.start();
    return edge;
  }

  private static ClusterView view(NodeId self, Member... members) {
    return new ClusterView("test", self, new Epoch(1), Optional.empty(), true, List.of(members));
  }

  /** An edge whose node has no application, and one that has; the first uses the other's relay. */
  private final class Pair implements AutoCloseable {

    final RawApp app;
    final Edge first;
    final Edge second;

    Pair() throws IOException {
      this(RawApp.saying("there"));
    }

    Pair(RawApp there) throws IOException {
      app = there;
      String outside = outside();
      Assumptions.assumeFalse(outside.isEmpty(), "this machine has loopback only");
      HostPort relay = new HostPort(outside, Ports.free());
      HostPort unused = new HostPort(outside, 0);
      Member here = member(HERE, unused, Optional.empty());
      Member other = member(THERE, relay, Optional.of(app.uri()));
      second = edge(relay, Optional.of(app.uri()), new Published<>(view(THERE, here, other)));
      first = edge(unused, Optional.empty(), new Published<>(view(HERE, here, other)));
    }

    Pair awaitReady() {
      Site.await("ready", () -> first.health(THERE).healthy());
      return this;
    }

    @Override
    public void close() throws IOException {
      first.close();
      second.close();
      app.close();
    }
  }

  @Test
  void a_request_goes_by_the_relay_and_keeps_what_the_first_edge_said() throws Exception {
    try (Pair pair = new Pair().awaitReady()) {
      RawClient.Reply reply = RawClient.get(pair.first.port(), "/x");
      assertEquals("there", reply.text());
      String head = pair.app.heads.get(0);
      assertTrue(head.contains("X-Forwarded-For: 127.0.0.1\r\n"), head);
      assertTrue(head.contains("Host: site.example\r\n"), head);
      pair.app.kill();
      RawClient.Reply broken = RawClient.get(pair.first.port(), "/x");
      assertTrue(broken.status() == 502 || broken.status() == 503, broken.head());
      assertFalse(broken.has("Appliance-Relay"), broken.head());
      Site.await("told why", () -> pair.first.health(THERE).reason().contains("refused"));
    }
  }

  @Test
  void a_read_whose_client_has_gone_is_broken_off_there() throws Exception {
    WaitingApp waiting = new WaitingApp();
    try (Pair pair = new Pair(waiting.app).awaitReady()) {
      for (int i = 1; i <= 4; i++) {
        RawClient reader = new RawClient(pair.first.port());
        reader.send(WaitingApp.PLAIN.formatted(i % 2 == 0 ? "slow" : "streams"));
        waiting.awaitAsked(i);
        reader.close();
        int all = i;
        Site.await("it is broken off", () -> waiting.brokenOff.get() == all);
      }
      assertTrue(pair.first.health(THERE).healthy());
      assertEquals(0, Site.metric(pair.first, "edge_upstream_failures_total"));
      assertEquals(0, Site.metric(pair.second, "edge_upstream_failures_total"));
    }
  }

  @Test
  void strangers_get_nothing_from_the_relay() throws Exception {
    String outside = outside();
    Assumptions.assumeFalse(outside.isEmpty(), "this machine has loopback only");
    HostPort relay = new HostPort(outside, Ports.free());
    try (RawApp app = RawApp.saying("there")) {
      HostPort elsewhere = new HostPort("192.0.2.1", 1);
      Member there = new Member(
          THERE,
          "there",
          new Endpoints(elsewhere, elsewhere, relay, elsewhere, Optional.of(app.uri())),
          MemberState.ACTIVE,
          "");
      try (Edge second = edge(relay, Optional.of(app.uri()), new Published<>(view(THERE, there)));
          java.net.Socket socket = new java.net.Socket(outside, relay.port())) {
        Site.await("ready", () -> second.health(THERE).healthy());
        socket
            .getOutputStream()
            .write(RawClient.head("GET / HTTP/1.1", "Host: x")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals(0, read(socket), "nothing but an alert of TLS, if that");
        assertEquals(0, app.requests.get());
      }
    }
  }

  /** How many bytes of a page come before the end; an alert is seven bytes. */
  private static int read(java.net.Socket socket) {
    try {
      byte[] reply = socket.getInputStream().readAllBytes();
      return reply.length <= 7 ? 0 : reply.length;
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void a_member_that_was_removed_is_refused_by_the_relay() throws Exception {
    try (Pair pair = new Pair().awaitReady()) {
      Optional.ofNullable(trusts.get(THERE)).orElseThrow().trusted().publish(Trusted.NOBODY);
      Site.await("refused", () -> !pair.first.health(THERE).healthy());
    }
  }

  @Test
  void a_taken_port_is_named_with_what_to_do() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      EdgeConfig config = new EdgeConfig(
          new HostPort("127.0.0.1", taken.getLocalPort()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          TrafficConfig.DEFAULTS,
          ClientsConfig.DEFAULTS);
      Edge edge = new Edge(
          config,
          new EdgePorts(
              new HostPort("127.0.0.1", 0),
              new WriteFence(new Published<>(view(HERE)), new Right(), epoch -> true),
              Optional.empty(),
              Optional::empty),
          FilesFirst.NONE,
          UpstreamLimits.DEFAULTS,
          Site.HEALTH);
      try (edge) {
        StartFailure failure = assertThrows(StartFailure.class, edge::start);
        assertEquals(ExitCode.PORT_TAKEN, failure.exitCode());
        assertEquals(
            "http 127.0.0.1:" + taken.getLocalPort()
                + " is taken by another program: stop it or choose another --http ADDR:PORT",
            failure.getMessage());
      }
    }
  }
}
