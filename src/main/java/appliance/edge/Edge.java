package appliance.edge;

import appliance.config.EdgeConfig;
import appliance.config.SiteConfig;
import appliance.edge.balance.AppChoice;
import appliance.edge.balance.Balancer;
import appliance.edge.balance.Balancers;
import appliance.edge.balance.RetryBudget;
import appliance.edge.balance.Rotation;
import appliance.edge.balance.SlowStart;
import appliance.edge.balance.StickyTokens;
import appliance.edge.client.Quotas;
import appliance.edge.exchange.Origin;
import appliance.edge.exchange.RequestTraces;
import appliance.edge.health.AppPorts;
import appliance.edge.health.Apps;
import appliance.edge.health.GroupHealth;
import appliance.edge.health.HealthRules;
import appliance.edge.health.Upstreams;
import appliance.edge.hot.HotAnswers;
import appliance.edge.hot.HotBuffers;
import appliance.edge.hot.HotService;
import appliance.edge.http.RequestRules;
import appliance.edge.io.Clients;
import appliance.edge.io.Opener;
import appliance.edge.listener.ClientLimits;
import appliance.edge.listener.HttpListener;
import appliance.edge.listener.PlainOpener;
import appliance.edge.listener.PublicPorts;
import appliance.edge.listener.RelayOpener;
import appliance.edge.listener.Requests;
import appliance.edge.log.AccessLog;
import appliance.edge.proxy.Forwarder;
import appliance.edge.proxy.Relay;
import appliance.edge.proxy.RelayPages;
import appliance.edge.site.FilesFirst;
import appliance.edge.stats.AccessLogStats;
import appliance.edge.stats.EdgeStats;
import appliance.edge.upstream.App;
import appliance.edge.upstream.IoThreadContexts;
import appliance.edge.upstream.RelayTls;
import appliance.edge.upstream.Threads;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.model.ClusterView;
import appliance.model.Health;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import appliance.runtime.Published;
import appliance.runtime.Service;
import appliance.status.Source;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.OptionMap;

/**
 * The public side of this node: serves every client on one port, from the files handed in or from the
 * applications of all members. Requests run on I/O threads, health and membership on a loop.
 */
public final class Edge implements Service {

  private static final Logger log = LoggerFactory.getLogger(Edge.class);

  private static final int LOOP_TASKS_MAX = 10_000;
  private static final Duration FINISH_MAX = Duration.ofSeconds(3);
  private static final int IO_THREADS_MIN = 2;
  private static final Duration QUOTA_SWEEPS = Duration.ofSeconds(10);

  private final EdgeConfig config;
  private final HostPort relayAddress;
  private final Published<ClusterView> views;
  private final WriteFence fence;
  private final UpstreamLimits limits;
  private final HealthRules healthRules;

  private final OwnApplications own;
  private final EdgeStats stats = new EdgeStats();

  /** Apart, as the edge that the client met counts the same requests. */
  private final EdgeStats relayStats = new EdgeStats();

  private final HotAnswers hot;
  private final IoThreadContexts contexts;
  private final Optional<AccessLog> accessLog;
  private final RequestTraces traces;
  private final Quotas quotas;
  private final Loop loop = new Loop("edge-health", LOOP_TASKS_MAX);
  private final AppPorts appPorts;
  private final Upstreams upstreams;
  private final Front front;
  private final Relay relay;
  private final Optional<RelayTls> relayTls;
  private final AtomicBoolean viewWaits = new AtomicBoolean();
  private volatile boolean ends;
  private @Nullable Threads threads;
  private final PublicPorts ports;
  private final PublicSites sites;
  private final SlowStart slowStart;

  /** Makes one for several applications of this node. */
  private final Supplier<Balancer> within;

  private @Nullable HttpListener relayListener;

  /**
   * @param files serves what it has
   */
  public Edge(EdgeConfig config, EdgePorts node, FilesFirst files) {
    this(
        config,
        node,
        files,
        UpstreamLimits.of(config.traffic().apps(), ioThreads()),
        HealthRules.of(config.traffic().health()));
  }

  private static int ioThreads() {
    return Math.max(IO_THREADS_MIN, Runtime.getRuntime().availableProcessors());
  }

  Edge(
      EdgeConfig config,
      EdgePorts node,
      FilesFirst files,
      UpstreamLimits limits,
      HealthRules health) {
    this.config = config;
    relayAddress = node.relay();
    fence = node.fence();
    views = fence.views();
    this.limits = limits.withClientBody(config.clients().limits().bodyTimeMax());
    healthRules = health;
    quotas = new Quotas(
        config.traffic().quota(),
        address ->
            config.clients().trustedProxies().stream().anyMatch(proxy -> proxy.contains(address)));
    ports = new PublicPorts(config, quotas);
    contexts = new IoThreadContexts(ioThreads());
    slowStart = new SlowStart(config.traffic().balance().slowStart(), System::nanoTime);
    own = new OwnApplications(config, node, this::health);
    appPorts = new AppPorts(contexts, own, ports::goAway);
    within = () -> Balancers.of(
        config.traffic().balance(), slowStart, new StickyTokens(node.stickyKey()).among());
    upstreams = new Upstreams(config.sites().stream().map(SiteConfig::name).toList(), this::apps);
    accessLog = Optional.of(config.traffic().accessLog())
        .filter(wanted -> wanted.file().isPresent())
        .map(wanted -> new AccessLog(wanted, ZoneId.systemDefault()));
    sites = new PublicSites(config, node, contexts, upstreams, slowStart);
    traces = new RequestTraces(sites.names().all(), sites.names()::of, accessLog);
    hot = new HotAnswers(traces);
    HttpHandler answers = sites.build(
        files,
        hot,
        (router, apps, refusal) -> forwarder(router, Origin.CLIENT, apps.blame(), refusal));
    front = front(
        this::sendsAway,
        new Front.Counted(stats, Optional.of(traces)),
        sites.encodedSlashes(),
        PublicPorts.chain(config.clients(), quotas.requests(contexts, answers)));
    relayTls = node.trust().map(RelayTls::new);
    // Its callers keep their connections until they know that this node has left.
    this.relay = new Relay(
        front(
            upstreams::draining, new Front.Counted(relayStats, Optional.empty()), true, ownApps()),
        relayTls);
  }

  private Apps apps(String site) {
    return new Apps(loop, new Apps.Site(site, rules(site)), Clock.systemUTC(), slowStart, appPorts);
  }

  private GroupHealth health(String site, List<App> several) {
    return new GroupHealth(
        loop,
        several,
        rules(site),
        slowStart,
        (app, health, result) -> appPorts.check(app, health, result));
  }

  private HealthRules rules(String site) {
    return config.sites().stream()
        .filter(one -> one.name().equals(site))
        .findFirst()
        .map(healthRules::of)
        .orElse(healthRules);
  }

  private Front front(
      BooleanSupplier draining, Front.Counted counted, boolean encodedSlashes, HttpHandler next) {
    return new Front(
        new RequestRules(config.clients().limits().bodyBytesMax(), encodedSlashes),
        draining,
        contexts,
        counted,
        next);
  }

  private Forwarder forwarder(
      Function<HttpServerExchange, AppChoice> route,
      Origin origin,
      Forwarder.Blame blame,
      Forwarder.Refusal refusal) {
    RetryBudget budget = new RetryBudget(System::nanoTime);
    return new Forwarder(
        route, contexts, own.protocol(fence, within, stats), origin, blame, refusal, budget, stats);
  }

  /** The other side of a relay: the edge that asked decides about retries and health. */
  private HttpHandler ownApps() {
    return forwarder(
        own.forRelay(), Origin.OTHER_EDGE, (failed, failure, asked) -> {}, new RelayPages());
  }

  @Override
  public void start() {
    Threads started = new Threads(contexts, limits, stats, relayTls);
    threads = started;
    appPorts.started(started);
    accessLog.ifPresent(AccessLog::start);
    upstreams.start();
    own.groups().values().forEach(GroupHealth::start);
    loop.every(Duration.ofSeconds(1), this::tick);
    loop.every(Duration.ofSeconds(Clients.SWEEP_SECONDS), this::sweepClients);
    loop.every(QUOTA_SWEEPS, quotas::sweep);
    views.subscribe(view -> refresh());
    sites.start();
    ports.start(started, new Requests(front, front::unreadable), hotService(), this::sendsAway);
    // Writes of the other nodes come this way, wherever the application listens.
    if (!own.none()) {
      OptionMap options = ClientLimits.options(config.clients().limits());
      relayTls.ifPresent(tls -> tls.watch(contexts.get(0).thread));
      Opener opener = relayTls
          .<Opener>map(tls -> new RelayOpener(tls, started.buffers, options, relay))
          .orElseGet(() -> new PlainOpener(
              started, options, new Requests(relay, unreadable -> {}), Optional.empty()));
      relayListener = new HttpListener("relay", relayAddress, opener);
      relayListener.start(started.worker);
    }
  }

  void sweepClients() {
    Optional.ofNullable(threads).ifPresent(Threads::sweepClients);
  }

  private HotService hotService() {
    return new HotService(
        hot,
        Stream.generate(HotBuffers::new).limit(contexts.size()).toList(),
        stats,
        config.clients().limits(),
        // What is sent to https, or counted by client, takes the long way.
        () -> config.clients().httpsRedirect() == 0 && !quotas.limitsRequests() && !sendsAway());
  }

  private void tick() {
    stats.tick();
    hot.sweep(System.nanoTime());
  }

  /** Has the loop look at the newest view; one look that waits is enough for any number of views. */
  private void refresh() {
    if (!viewWaits.compareAndSet(false, true)) {
      return;
    }
    try {
      loop.execute(() -> {
        viewWaits.set(false);
        ClusterView view = views.get();
        upstreams.see(view);
        relay.members(view);
      });
    } catch (RejectedExecutionException e) {
      viewWaits.set(false);
      log.debug("The edge is closing, or its loop is full: the next change is looked at", e);
    }
  }

  /** The section {@code edge} of the status. */
  public Source source() {
    return new EdgeSource(
        stats,
        new EdgeMetrics(traces, upstreams, own.groups()),
        List.of(
            ports::tell,
            sites::tell,
            fence.late()::tell,
            new AccessLogStats(accessLog)::tell,
            quotas::tell));
  }

  /** What this edge thinks of a member's applications. */
  public Health health(NodeId member) {
    return upstreams.health(member);
  }

  /**
   * Requests and upgraded connections under way to the application of each member that surely gets no
   * more of them from here: such a number never rises before the member is active again. To this node counts what
   * clients had asked it for before it was to leave, whoever answers.
   */
  public Map<NodeId, Integer> leaving() {
    Map<NodeId, Integer> leaving = upstreams.leaving();
    leaving.computeIfPresent(
        views.get().self(), (self, own) -> Math.max(own, stats.activeBeforeLeaving()));
    return leaving;
  }

  /** Who gets the default site's requests now. */
  Rotation rotation() {
    return upstreams.standard().rotation();
  }

  /** The port that is listened on; differs from the configured one only if that is 0. */
  int port() {
    return ports.http();
  }

  /** The same for TLS; -1 if there is none. */
  int httpsPort() {
    return ports.https();
  }

  /** Whether clients are told to connect anew, elsewhere if they can. */
  private boolean sendsAway() {
    return ends || upstreams.draining();
  }

  /**
   * This node is about to close, and serves on till then: each answer ends its connection, so that few are left
   * whose client may just be sending when they are cut.
   */
  public void ends() {
    ends = true;
  }

  /** Takes no new connection, gives running requests a moment to end, then cuts what is left. */
  @Override
  public void close() {
    ports.stopAccepting();
    Optional.ofNullable(relayListener).ifPresent(HttpListener::stopAccepting);
    appPorts.goAway(null);
    awaitFinish();
    traces.cuts();
    ports.close();
    sites.close();
    Optional.ofNullable(relayListener).ifPresent(HttpListener::closeConnections);
    loop.close();
    appPorts.close();
    own.close();
    relayTls.ifPresent(RelayTls::close);
    Optional.ofNullable(threads).ifPresent(Threads::close);
    accessLog.ifPresent(AccessLog::close);
  }

  /** Their clients are told to go, and have a moment for that. */
  private int upgraded() {
    return Optional.ofNullable(threads).map(Threads::upgraded).orElse(0);
  }

  private void awaitFinish() {
    long end = System.nanoTime() + FINISH_MAX.toNanos();
    try {
      while (stats.active.sum() + relayStats.active.sum() + upgraded() > 0
          && System.nanoTime() - end < 0) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
