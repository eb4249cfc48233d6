package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.AccessLogConfig;
import appliance.config.Balance;
import appliance.config.BalanceConfig;
import appliance.config.ClientQuota;
import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.HealthConfig;
import appliance.config.Sticky;
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
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Two nodes, each of which reaches the other's relay: the master, here, has several applications of the site; the
 * other one, there, has one.
 */
final class SeveralPair implements AutoCloseable {

  static final NodeId HERE = NodeId.random();
  static final NodeId THERE = NodeId.random();

  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  final Right right = new Right();
  final Edge here;
  final Edge there;
  private final List<Published<ClusterView>> views = new ArrayList<>();

  SeveralPair(Sticky sticky, List<RawApp> apps, RawApp other) {
    this(balance(Balance.ROUND_ROBIN, sticky), Optional.empty(), apps, other);
  }

  SeveralPair(Balance balance, List<RawApp> apps, RawApp other) {
    this(balance(balance, Sticky.OFF), Optional.empty(), apps, other);
  }

  /** With access logs, {@code here} and {@code there}, in that folder. */
  SeveralPair(Path logs, List<RawApp> apps, RawApp other) {
    this(balance(Balance.ROUND_ROBIN, Sticky.OFF), Optional.of(logs), apps, other);
  }

  private SeveralPair(BalanceConfig balance, Optional<Path> logs, List<RawApp> apps, RawApp other) {
    List<URI> several = apps.stream().map(RawApp::uri).toList();
    Member master = member(HERE, "here", several);
    Member second = member(THERE, "there", List.of(other.uri()));
    List<Member> members = List.of(master, second);
    here = edge(master, several, members, traffic(master, balance, logs), right);
    there =
        edge(second, List.of(other.uri()), members, traffic(second, balance, logs), new Right());
    here.start();
    there.start();
    for (URI app : several) {
      Site.await("it works", () -> metrics().contains("edge_application_healthy " + app + " 1\n"));
    }
    for (Edge edge : both()) {
      Site.await("here is ready", () -> edge.health(HERE).healthy());
      Site.await("there is ready", () -> edge.health(THERE).healthy());
    }
  }

  private static Member member(NodeId id, String name, List<URI> apps) {
    HostPort relay = new HostPort("127.0.0.1", Ports.free());
    Endpoints endpoints = new Endpoints(ANY, ANY, relay, ANY, Endpoints.together(apps));
    return new Member(id, name, endpoints, MemberState.ACTIVE, "");
  }

  private static BalanceConfig balance(Balance how, Sticky sticky) {
    return new BalanceConfig(how, 1, 0, Duration.ZERO, sticky);
  }

  private static TrafficConfig traffic(Member self, BalanceConfig balance, Optional<Path> logs) {
    return new TrafficConfig(
        balance,
        HealthConfig.DEFAULTS,
        new AccessLogConfig(
            logs.map(folder -> folder.resolve(self.name())), AccessLogConfig.Format.JSON, 10),
        ClientQuota.NONE,
        Duration.ofMinutes(10));
  }

  private Edge edge(
      Member self, List<URI> apps, List<Member> members, TrafficConfig traffic, Right right) {
    EdgeConfig config = new EdgeConfig(
        ANY,
        Optional.empty(),
        Optional.empty(),
        apps,
        List.of("admin."),
        traffic,
        ClientsConfig.DEFAULTS,
        List.of());
    Published<ClusterView> seen = new Published<>(
        new ClusterView("test", self.id(), new Epoch(1_000), Optional.of(HERE), true, members));
    views.add(seen);
    return new Edge(
        config,
        new EdgePorts(
            self.endpoints().relay(),
            new WriteFence(seen, right, epoch -> true),
            List.of(),
            () -> Optional.of("key of the test"),
            Optional.empty(),
            Map.of()),
        FilesFirst.NONE,
        UpstreamLimits.DEFAULTS,
        Site.HEALTH);
  }

  /** What all nodes learn of here. */
  void state(MemberState state) {
    for (Published<ClusterView> each : views) {
      ClusterView old = each.get();
      List<Member> members = old.members().stream()
          .map(member -> member.id().equals(HERE)
              ? new Member(HERE, member.name(), member.endpoints(), state, "told to")
              : member)
          .toList();
      each.publish(
          new ClusterView("test", old.self(), old.epoch(), Optional.of(HERE), true, members));
    }
  }

  List<Edge> both() {
    return List.of(here, there);
  }

  String troubles() {
    return String.valueOf(here.source().read().json().get("applicationTroubles"));
  }

  /** Lines of name, application and value. */
  String metrics() {
    return here.source().families().stream()
        .filter(family -> family.name().startsWith("edge_application_"))
        .flatMap(family -> family.samples().stream()
            .map(appliance.status.Sample.Value.class::cast)
            .map(sample -> family.name() + " " + sample.labels().get("application") + " "
                + sample.value() + "\n"))
        .collect(Collectors.joining());
  }

  /** Asks until it was {@code app} that answered; whoever does, the answer is good. */
  void untilAnswered(Edge at, RawApp app) {
    int before = app.requests.get();
    Site.await("an answer of " + app.uri(), () -> {
      try {
        assertEquals(200, RawClient.get(at.port(), "/").status());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      return app.requests.get() > before;
    });
  }

  @Override
  public void close() {
    here.close();
    there.close();
  }
}
