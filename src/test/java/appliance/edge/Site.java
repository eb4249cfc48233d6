package appliance.edge;

import appliance.config.AccessLogConfig;
import appliance.config.BalanceConfig;
import appliance.config.ClientQuota;
import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.HealthConfig;
import appliance.config.HttpsConfig;
import appliance.config.TrafficConfig;
import appliance.edge.health.HealthRules;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.Reach;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.Shortage;
import appliance.runtime.Published;
import appliance.status.Sample;
import appliance.testing.Await;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** An edge on a free port before members named a, b, c, each with one application. */
public final class Site implements AutoCloseable {

  /** Quick, but patient with an answer: a machine without time to spare is no dead application. */
  static final HealthRules HEALTH = health(Optional.of("/health"));

  /** The same, of a path that is asked for, or none. */
  static HealthRules health(Optional<String> path) {
    return new HealthRules(
        path,
        Duration.ofMillis(100),
        Duration.ofSeconds(20),
        3,
        2,
        5,
        Duration.ofSeconds(30),
        Set.of(502, 503, 504),
        "");
  }

  public final List<NodeId> ids = new ArrayList<>();
  final List<Member> members = new ArrayList<>();
  final Published<ClusterView> views;
  final Edge edge;
  final Right right = new Right();
  private Optional<NodeId> master = Optional.empty();
  private long epoch;
  private Shortage shortage = Shortage.NONE;
  private boolean waiting;

  public Site(RawApp... apps) {
    this(UpstreamLimits.DEFAULTS, apps);
  }

  /** Before an application of another kind. */
  Site(URI app) {
    this(
        UpstreamLimits.DEFAULTS,
        Optional.empty(),
        TrafficConfig.DEFAULTS,
        FilesFirst.NONE,
        ClientsConfig.DEFAULTS,
        List.of(app));
  }

  Site(UpstreamLimits limits, RawApp... apps) {
    this(
        limits,
        Optional.empty(),
        TrafficConfig.DEFAULTS,
        FilesFirst.NONE,
        ClientsConfig.DEFAULTS,
        apps);
  }

  public Site(HttpsConfig https, RawApp... apps) {
    this(https, ClientsConfig.DEFAULTS, apps);
  }

  public Site(HttpsConfig https, ClientsConfig clients, RawApp... apps) {
    this(
        UpstreamLimits.DEFAULTS,
        Optional.of(https),
        TrafficConfig.DEFAULTS,
        FilesFirst.NONE,
        clients,
        apps);
  }

  /** With files, over TLS too. */
  Site(HttpsConfig https, FilesFirst files, RawApp... apps) {
    this(
        UpstreamLimits.DEFAULTS,
        Optional.of(https),
        TrafficConfig.DEFAULTS,
        files,
        ClientsConfig.DEFAULTS,
        apps);
  }

  public Site(HttpsConfig https, TrafficConfig traffic, RawApp... apps) {
    this(UpstreamLimits.DEFAULTS, https, traffic, apps);
  }

  Site(UpstreamLimits limits, HttpsConfig https, TrafficConfig traffic, RawApp... apps) {
    this(limits, Optional.of(https), traffic, FilesFirst.NONE, ClientsConfig.DEFAULTS, apps);
  }

  public Site(ClientsConfig clients, RawApp... apps) {
    this(
        UpstreamLimits.DEFAULTS,
        Optional.empty(),
        TrafficConfig.DEFAULTS,
        FilesFirst.NONE,
        clients,
        apps);
  }

  public Site(TrafficConfig traffic, RawApp... apps) {
    this(
        UpstreamLimits.DEFAULTS,
        Optional.empty(),
        traffic,
        FilesFirst.NONE,
        ClientsConfig.DEFAULTS,
        apps);
  }

  Site(UpstreamLimits limits, TrafficConfig traffic, RawApp... apps) {
    this(limits, Optional.empty(), traffic, FilesFirst.NONE, ClientsConfig.DEFAULTS, apps);
  }

  public Site(TrafficConfig traffic, FilesFirst files, RawApp... apps) {
    this(UpstreamLimits.DEFAULTS, Optional.empty(), traffic, files, ClientsConfig.DEFAULTS, apps);
  }

  private Site(
      UpstreamLimits limits,
      Optional<HttpsConfig> https,
      TrafficConfig traffic,
      FilesFirst files,
      ClientsConfig clients,
      RawApp... apps) {
    this(
        limits,
        https,
        traffic,
        files,
        clients,
        Arrays.stream(apps).map(RawApp::uri).toList());
  }

  private Site(
      UpstreamLimits limits,
      Optional<HttpsConfig> https,
      TrafficConfig traffic,
      FilesFirst files,
      ClientsConfig clients,
      List<URI> apps) {
    for (URI app : apps) {
      NodeId id = NodeId.random();
      ids.add(id);
      members.add(member(id, "" + (char) ('a' + members.size()), app, MemberState.ACTIVE));
    }
    NodeId self = ids.isEmpty() ? NodeId.random() : ids.get(0);
    views = new Published<>(ClusterView.empty("test", self));
    EdgeConfig config = new EdgeConfig(
        new HostPort("127.0.0.1", 0),
        https,
        Optional.empty(),
        Optional.empty(),
        List.of("admin.", "manage.example"),
        traffic,
        clients);
    edge = new Edge(
        config,
        new EdgePorts(
            new HostPort("127.0.0.1", 0),
            new WriteFence(views, right, epoch -> true),
            Optional.empty(),
            () -> Optional.of("key of the test")),
        files,
        limits,
        HEALTH);
    edge.start();
    master(ids.isEmpty() ? -1 : 0);
    awaitReady(apps.size());
  }

  /** With an access log in JSON, {@code access.log} in {@code folder}. */
  static TrafficConfig logged(Path folder) {
    return new TrafficConfig(
        BalanceConfig.DEFAULTS,
        HealthConfig.DEFAULTS,
        new AccessLogConfig(
            Optional.of(folder.resolve("access.log")), AccessLogConfig.Format.JSON, 10),
        ClientQuota.NONE,
        Duration.ofMinutes(10));
  }

  static Member member(NodeId id, String name, URI app, MemberState state) {
    HostPort loopback = new HostPort("127.0.0.1", 0);
    HostPort relay = Reach.hostPort(app); // a member's relay is its application itself
    return new Member(
        id,
        name,
        new Endpoints(loopback, loopback, relay, loopback, Optional.of(app)),
        state,
        state == MemberState.ACTIVE ? "" : "told to");
  }

  /** Leaves a member without any application: a site of files alone, if it is the only one. */
  void withoutApplication(int index) {
    application(index, Optional.empty());
  }

  /** Gives a member another application, reached as that is. */
  void application(int index, Optional<URI> app) {
    Member old = members.get(index);
    Endpoints all = old.endpoints();
    Endpoints now = new Endpoints(all.cluster(), all.peer(), all.relay(), all.http(), app);
    members.set(index, new Member(old.id(), old.name(), now, old.state(), old.reason()));
    publish();
  }

  /** Has writes to a member's application go by {@code relay}. */
  void relay(int index, RawApp relay) {
    Member old = members.get(index);
    Endpoints all = old.endpoints();
    Endpoints now = new Endpoints(
        all.cluster(), all.peer(), Reach.hostPort(relay.uri()), all.http(), all.app(""));
    members.set(index, new Member(old.id(), old.name(), now, old.state(), old.reason()));
    publish();
  }

  void publish() {
    NodeId self = views.get().self();
    views.publish(new ClusterView(
        "test",
        self,
        new Epoch(epoch++),
        master,
        !shortage.any(),
        members,
        shortage,
        "",
        waiting,
        Optional.empty()));
  }

  void shortage(Shortage now) {
    shortage = now;
    publish();
  }

  /** Whether the master, the first of all, has to wait for the end of the last one's lease. */
  void waiting(boolean now) {
    waiting = now;
    publish();
  }

  void master(int index) {
    master = index < 0 ? Optional.empty() : Optional.of(ids.get(index));
    publish();
  }

  public void state(int index, MemberState state) {
    Member old = members.get(index);
    members.set(
        index,
        new Member(old.id(), old.name(), old.endpoints(), state, state.takesTraffic() ? "" : "x"));
    publish();
  }

  public int port() {
    return edge.port();
  }

  public int httpsPort() {
    return edge.httpsPort();
  }

  public boolean draining() {
    return edge.rotation().draining();
  }

  /** Closes the clients' connections on which nothing has moved for long, as the edge does now and then. */
  public void sweepClients() {
    edge.sweepClients();
  }

  /** What is under way to a member's applications. */
  int active(int index) {
    return active(edge, members.get(index).name());
  }

  /** Requests and upgraded connections under way from {@code edge}, as its metrics tell. */
  static int active(Edge edge, String member) {
    return edge.source().families().stream()
        .filter(family -> family.name().equals("edge_upstream_active"))
        .flatMap(family -> family.samples().stream())
        .map(Sample.Value.class::cast)
        .filter(sample -> member.equals(sample.labels().get("member")))
        .mapToInt(sample -> sample.value().intValue())
        .sum();
  }

  /** The sum of a metric over all members. */
  int metric(String family) {
    return metric(edge, family);
  }

  static int metric(Edge edge, String family) {
    return edge.source().families().stream()
        .filter(each -> each.name().equals(family))
        .flatMap(each -> each.samples().stream())
        .mapToInt(sample -> ((Sample.Value) sample).value().intValue())
        .sum();
  }

  public Number status(String name) {
    return (Number) edge.source().read().json().getOrDefault(name, 0);
  }

  public String text(String name) {
    return String.valueOf(edge.source().read().json().get(name));
  }

  public void awaitReady(int applications) {
    await(
        applications + " applications ready",
        () -> status("readyApplications").intValue() == applications);
  }

  /** Waits for the condition, generously. */
  public static void await(String what, BooleanSupplier condition) {
    Await.until(what, condition::getAsBoolean);
  }

  @Override
  public void close() {
    edge.close();
  }
}
