package appliance.node;

import appliance.admin.Admin;
import appliance.admin.AdminPorts;
import appliance.cluster.Cluster;
import appliance.cluster.raft.HeadStart;
import appliance.config.ClusterConfig;
import appliance.config.Config;
import appliance.config.HttpsConfig;
import appliance.edge.Edge;
import appliance.edge.EdgePorts;
import appliance.edge.balance.StickyKey;
import appliance.edge.write.WriteFence;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.PhpServers;
import appliance.files.PublicFiles;
import appliance.media.Media;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.model.PeerRoute;
import appliance.model.Wait;
import appliance.peer.PeerClient;
import appliance.peer.PeerServer;
import appliance.replication.Replication;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.NodeLog;
import appliance.runtime.Published;
import appliance.runtime.Service;
import appliance.status.ClusterStatus;
import appliance.status.ProcessSource;
import appliance.status.Prometheus;
import appliance.status.Roster;
import appliance.status.Source;
import appliance.status.Sources;
import appliance.trust.Trust;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node, put together: every component is built here, started in order, closed in reverse. */
public final class Node implements Composed {

  private static final Logger log = LoggerFactory.getLogger(Node.class);

  private static final Duration NEWS_PERIOD = Duration.ofSeconds(1);
  private static final Duration DUTY_PERIOD = Duration.ofMillis(100);
  private static final int LOOP_TASKS_MAX = 1_000;

  private final HostPort http;
  private final Optional<HostPort> httpsAddress;
  private final HostPort adminAddress;
  private final Optional<Path> mediaFolder;
  private final Optional<Path> accessLog;
  private final Trust trust;
  private final Cluster cluster;
  private final PeerServer peers;
  private final Optional<Media> media;
  private final Optional<Replication> replication;
  private final List<FastCgi> php;
  private final NodeSites sites;
  private final Edge edge;
  private final PublicFiles files;
  private final Admin admin;
  private final Founding founding;
  private final Roster roster;
  private final InFlight inFlight;
  private final Duty duty;
  private final Loop loop = new Loop("node", LOOP_TASKS_MAX);
  private final Deque<Service> started = new ConcurrentLinkedDeque<>();

  /**
   * Builds everything and starts nothing.
   *
   * @param self this node's identity, from its data folder
   * @param version what the status tells
   * @param console where the operator reads what must not lie in a log: the first password
   */
  public Node(Config config, NodeId self, String version, Consumer<String> console) {
    ClusterConfig own = config.cluster();
    Path data = own.data();
    Endpoints endpoints = endpoints(config);
    http = endpoints.http();
    httpsAddress = config.edge().https().map(HttpsConfig::address);
    adminAddress = config.admin().address();
    mediaFolder = config.media().folder();
    accessLog = config.edge().traffic().accessLog().file();
    HeadStart.begin();
    trust = Trust.open(data, config.trust().secret(), Clock.systemUTC());
    trust.rehearse();
    cluster = new Cluster(own, self, endpoints, trust);
    Published<ClusterView> views = cluster.views();
    PeerClient calls = new PeerClient(views, trust);
    // Before the media: H2 reads the address that replication sets when its first class loads.
    replication = config
        .database()
        .map(database ->
            new Replication(database, data, own.port() + ClusterConfig.REPLICA_PORT_OFFSET, self));
    media = config
        .media()
        .folder()
        .map(folder ->
            new Media(config.media(), data, self, views, calls, cluster.broadcast("media")));
    files = new PublicFiles(
        config.edge().site(),
        config.media(),
        path -> media.isPresent() && media.get().fetch(path),
        NodeSites.cacheRules(config.edge().standard().answers()));
    PhpServers servers = new PhpServers();
    php = Php.of(config, servers);
    sites =
        new NodeSites(config, servers, path -> media.isPresent() && media.get().fetch(path));
    edge = edge(
        config, endpoints.relay(), new WriteFence(views, cluster.lease(), cluster.attendance()));
    Sources sources = sources(version);
    roster = new Roster(sources, views::get, System::nanoTime);
    ClusterStatus status =
        new ClusterStatus(own.node(), views::get, roster, edge::health, cluster::entrants);
    admin = new Admin(
        config.admin(),
        data,
        new AdminPorts(
            views,
            status::read,
            () -> Prometheus.text(views.get(), sources.read(), sources.families()),
            new ClusterCommands(cluster, replication),
            calls,
            cluster::setting));
    cluster.holds(new Content(mediaFolder, this::hasTables));
    replication.ifPresent(replica -> cluster.replica(replica::progress));
    founding = new Founding(cluster, admin, console);
    peers = new PeerServer(endpoints.peer(), views, trust, routes());
    inFlight = new InFlight(
        views::get, edge::leaving, config.edge().traffic().drainTime(), System::nanoTime);
    duty = new Duty(views::get, this::caughtUp, this::idle, cluster::ready, cluster::drained);
  }

  private Edge edge(Config config, HostPort relay, WriteFence fence) {
    return new Edge(
        config.edge(),
        new EdgePorts(
            relay,
            fence,
            php.stream().map(Php::local).toList(),
            () -> cluster.setting(StickyKey.SETTING),
            Optional.of(trust),
            sites.contents()),
        (application, repeats) -> files.beforeApplication(application, repeats::offer));
  }

  private static Endpoints endpoints(Config config) {
    HostPort first = config.cluster().address();
    return new Endpoints(
            first,
            first.withPort(first.port() + ClusterConfig.PEER_PORT_OFFSET),
            first.withPort(first.port() + ClusterConfig.RELAY_PORT_OFFSET),
            config.edge().http(),
            Endpoints.together(config.edge().apps()),
            config.edge().traffic().balance().weight())
        .with(NodeSites.applications(config));
  }

  private Sources sources(String version) {
    Map<String, Source> sources = new LinkedHashMap<>();
    sources.put("edge", edge.source());
    replication.ifPresent(database -> sources.put("database", database.source()));
    media.ifPresent(folder -> sources.put("media", folder.source()));
    Php.source(php).ifPresent(source -> sources.put("php", source));
    sources.put("cluster", cluster.source());
    sources.put("trust", trust.source());
    sources.putAll(files.sources());
    sites.source().ifPresent(source -> sources.put("sites", source));
    sources.put("process", new ProcessSource(version, NodeLog::trouble));
    return new Sources(sources);
  }

  private Map<String, PeerRoute> routes() {
    Map<String, PeerRoute> routes = new LinkedHashMap<>();
    routes.put(AdminPorts.ROUTE, admin.route());
    media.ifPresent(folder -> routes.put("media", folder.route()));
    return routes;
  }

  private boolean caughtUp() {
    // A database that cannot be followed must not keep the node's pages from being served.
    return media.map(Media::caughtUp).orElse(true)
        && replication.map(r -> r.caughtUp() || r.failed()).orElse(true);
  }

  private boolean hasTables() {
    return replication.map(Replication::hasContent).orElse(false);
  }

  private boolean idle() {
    return inFlight.none() && media.map(Media::safe).orElse(true);
  }

  @Override
  public void start() {
    cluster.receive("status", roster::receive);
    cluster.receive("inflight", inFlight::receive);
    cluster.views().subscribe(inFlight::see);
    media.ifPresent(folder -> cluster.receive("media", folder::receive));
    StartChecks.port("http", http);
    httpsAddress.ifPresent(address -> StartChecks.port("https", address));
    StartChecks.port("admin", adminAddress);
    accessLog.ifPresent(StartChecks::accessLog);
    mediaFolder.ifPresent(folder -> StartChecks.folder("media", folder));
    CompletableFuture<Void> adminStarted = CompletableFuture.runAsync(() -> start(admin));
    try {
      start(peers); // before anyone learns of this node and calls it
      start(cluster);
    } finally {
      await(adminStarted);
    }
    media.ifPresent(this::start);
    replication.ifPresent(this::start);
    start(edge);
    loop.every(NEWS_PERIOD, () -> cluster.broadcast("status").send(roster.message()));
    loop.execute(this::onDuty);
    loop.every(DUTY_PERIOD, this::onDuty);
  }

  /**
   * Makes the first password, if this node has founded the cluster and that has none, and prints it. After the
   * start: its hash is slow on purpose.
   */
  @Override
  public void welcome() {
    founding.makeAccess();
    founding.tell();
  }

  @Override
  public String awaited() {
    return cluster.views().get().joining().map(Wait::words).orElse("");
  }

  @Override
  public void onRestart(Consumer<ExitCode> action) {
    cluster.onRestart(action);
  }

  private static void await(CompletableFuture<Void> starting) {
    try {
      starting.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void onDuty() {
    inFlight.message().ifPresent(cluster.broadcast("inflight")::send);
    duty.run();
  }

  private void start(Service service) {
    started.push(service); // one that fails to start is closed, too
    service.start();
  }

  @Override
  public void close() {
    edge.ends();
    cluster.depart(); // while the edge still serves: what waits for a master goes to the next one
    loop.close();
    while (!started.isEmpty()) {
      close(started.pop());
    }
    files.close();
    sites.close();
    trust.close();
  }

  /** One that fails to close must not keep the others open. */
  private static void close(Service service) {
    try {
      service.close();
    } catch (RuntimeException e) {
      log.error("{} did not close in order", service.getClass().getSimpleName(), e);
    }
  }
}
