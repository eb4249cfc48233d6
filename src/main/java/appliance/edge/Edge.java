package appliance.edge;

import appliance.config.BalanceConfig;
import appliance.config.EdgeConfig;
import appliance.edge.log.AccessLog;
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
import io.undertow.util.HttpString;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
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

  private final Optional<LocalCall> local;
  private final EdgeStats stats = new EdgeStats();

  /** Apart, as the edge that the client met counts the same requests. */
  private final EdgeStats relayStats = new EdgeStats();

  private final HotAnswers hot;
  private final Lanes lanes;
  private final Optional<AccessLog> accessLog;
  private final Visits visits;
  private final Quotas quotas;
  private final Loop loop = new Loop("edge-health", LOOP_TASKS_MAX);
  private final Apps apps;
  private final Front front;
  private final Relay relay;
  private final Optional<RelayTls> relayTls;
  private final AtomicBoolean viewWaits = new AtomicBoolean();
  private @Nullable Threads threads;
  private final PublicPorts ports;
  private final ErrorPages pages;
  private @Nullable HttpListener relayListener;

  /**
   * @param files serves what it has
   */
  public Edge(EdgeConfig config, EdgePorts node, FilesFirst files) {
    this(
        config,
        node,
        files,
        UpstreamLimits.DEFAULTS,
        HealthRules.of(config.traffic().health()));
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
    this.limits = limits;
    healthRules = health;
    local = node.application().map(LocalCall::new);
    quotas = new Quotas(
        config.traffic().quota(),
        address ->
            config.clients().trustedProxies().stream().anyMatch(proxy -> proxy.contains(address)));
    ports = new PublicPorts(config, quotas);
    pages = new ErrorPages(config.clients().errorPages());
    lanes = new Lanes(Math.max(IO_THREADS_MIN, Runtime.getRuntime().availableProcessors()));
    BalanceConfig balance = config.traffic().balance();
    SlowStart slowStart = new SlowStart(balance.slowStart(), System::nanoTime);
    apps = new Apps(loop, health, Clock.systemUTC(), slowStart, new Ports());
    Router router = new Router(
        config.adminHosts(),
        apps::rotation,
        Balancers.of(balance, slowStart, new StickyTokens(node.stickyKey())));
    accessLog = Optional.of(config.traffic().accessLog())
        .filter(wanted -> wanted.file().isPresent())
        .map(wanted -> new AccessLog(wanted, ZoneId.systemDefault()));
    visits = new Visits(router.sites(), router::site, accessLog);
    hot = new HotAnswers(visits);
    front = front(
        new Front.Counted(stats, Optional.of(visits)),
        PublicPorts.chain(
            config.clients(),
            quotas.requests(
                lanes, files.before(forwarder(router, Origin.CLIENT, apps, pages), hot))));
    relayTls = node.trust().map(RelayTls::new);
    this.relay = new Relay(
        front(
            new Front.Counted(relayStats, Optional.empty()),
            config.app().<HttpHandler>map(this::ownApp).orElse(e -> {})),
        relayTls);
  }

  private Front front(Front.Counted counted, HttpHandler next) {
    return new Front(
        new RequestRules(config.clients().limits().bodyBytesMax()),
        apps::rotation,
        lanes,
        counted,
        next);
  }

  private Forwarder forwarder(
      Function<HttpServerExchange, AppChoice> route,
      Origin origin,
      Forwarder.Blame blame,
      Forwarder.Refusal refusal) {
    RetryBudget budget = new RetryBudget(System::nanoTime);
    return new Forwarder(route, lanes, protocol(), origin, blame, refusal, budget, stats);
  }

  private UpstreamProtocol protocol() {
    Http1 http = new Http1();
    UpstreamProtocol any = local
        .<UpstreamProtocol>map(call -> (request, app, fresh, outcome) ->
            (app.local ? call : http).attempt(request, app, fresh, outcome))
        .orElse(http);
    return new FencedProtocol(any, fence);
  }

  /** The other side of a relay: the edge that asked decides about retries and health. */
  private HttpHandler ownApp(URI app) {
    NodeId self = views.get().self();
    Reach reach = local.isPresent()
        ? new Reach(relayAddress.socketAddress(), Reach.Way.LOCAL)
        : new Reach(Reach.hostPort(app).socketAddress(), Reach.Way.DIRECT);
    App own = new App(self, "own", reach);
    AppChoice only = new AppChoice.Own(own);
    return forwarder(
        exchange -> only, Origin.OTHER_EDGE, (failed, failure) -> {}, Edge::refuseToEdge);
  }

  private static void refuseToEdge(RequestBody body, Failure failure) {
    if (!failure.reached()) {
      HttpString said =
          failure.kind() == Failure.Kind.FENCED ? Origin.RELAY_FENCED : Origin.RELAY_UNSENT;
      body.exchange()
          .addResponseCommitListener(
              answer -> answer.getResponseHeaders().put(said, failure.message()));
    }
    Ending.page(body, failure.kind().status, failure.kind().words);
  }

  @Override
  public void start() {
    Threads started = new Threads(lanes, limits, stats, relayTls);
    threads = started;
    accessLog.ifPresent(AccessLog::start);
    apps.start();
    loop.every(Duration.ofSeconds(1), this::tick);
    loop.every(Duration.ofSeconds(Clients.SWEEP_SECONDS), this::sweepClients);
    loop.every(QUOTA_SWEEPS, quotas::sweep);
    views.subscribe(view -> refresh());
    pages.start();
    ports.start(started, front, hotService(), () -> apps.rotation().draining());
    if (relayNeeded()) {
      OptionMap options = ClientLimits.options(config.clients().limits());
      relayTls.ifPresent(tls -> tls.watch(lanes.get(0).thread));
      Opener opener = relayTls
          .<Opener>map(
              tls -> new RelayOpener(tls, started.buffers, ClientLimits.timed(options), relay))
          .orElseGet(() -> new PlainOpener(started, options, relay, Optional.empty()));
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
        lanes,
        stats,
        config.clients().limits(),
        // What is sent to https, or counted by client, takes the long way.
        () -> config.clients().httpsRedirect() == 0
            && !quotas.limitsRequests()
            && !apps.rotation().draining());
  }

  private void tick() {
    stats.tick();
    hot.sweep(System.nanoTime());
  }

  /** Writes of the other nodes come this way, wherever the application listens. */
  private boolean relayNeeded() {
    return local.isPresent() || config.app().isPresent();
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
        apps.see(view);
        relay.members(view);
      });
    } catch (RejectedExecutionException e) {
      viewWaits.set(false);
      log.debug("The edge is closing, or its loop is full: the next change is looked at", e);
    }
  }

  /** What {@link Apps} has done on the I/O threads. */
  private final class Ports implements Apps.Ports {

    @Override
    public void check(App app, Consumer<@Nullable Failure> result) {
      Threads running = threads;
      if (app.local && running != null) {
        local.ifPresent(call -> running.worker.execute(() -> result.accept(call.check())));
        return;
      }
      Lane lane = lanes.get(0);
      lane.thread.execute(() -> new HealthCheck(lane, app, healthRules, result).begin());
    }

    @Override
    public void retire(App app) {
      if (threads != null) {
        threads.retire(app);
      }
    }

    @Override
    public void abandon(App app) {
      if (threads != null) {
        threads.abandon(app);
      }
    }

    @Override
    public void goAway(@Nullable App app) {
      if (threads != null) {
        threads.goAway(app);
      }
    }

    @Override
    public void fence(Runnable done) {
      if (threads != null) {
        threads.fence(done);
      }
    }

    @Override
    public void changed() {
      if (threads != null) {
        threads.wake();
      }
    }
  }

  /** The section {@code edge} of the status. */
  public Source source() {
    return new EdgeSource(
        ports::tell, stats, new EdgeMetrics(visits, apps), new AccessLogStats(accessLog), quotas);
  }

  /** What this edge thinks of a member's application. */
  public Health health(NodeId member) {
    return apps.health(member);
  }

  /**
   * Requests and upgraded connections under way to the application of each member that surely gets no
   * more of them from here: such a number never rises before the member is active again.
   */
  public Map<NodeId, Integer> leaving() {
    return apps.leaving();
  }

  /** Requests and upgraded connections under way to each member's application from here. */
  Map<NodeId, Integer> activeByMember() {
    Map<NodeId, Integer> active = new HashMap<>();
    apps.all().forEach((member, app) -> active.put(member, app.active.get()));
    return active;
  }

  /** Who gets requests now. */
  Rotation rotation() {
    return apps.rotation();
  }

  /** The port that is listened on; differs from the configured one only if that is 0. */
  int port() {
    return ports.http();
  }

  /** The same for TLS; -1 if there is none. */
  int httpsPort() {
    return ports.https();
  }

  /** Takes no new connection, gives running requests a moment to end, then cuts what is left. */
  @Override
  public void close() {
    ports.stopAccepting();
    Optional.ofNullable(relayListener).ifPresent(HttpListener::stopAccepting);
    // Upgraded connections last as long as their clients like.
    Optional.ofNullable(threads).ifPresent(running -> running.goAway(null));
    awaitFinish();
    ports.close();
    pages.close();
    Optional.ofNullable(relayListener).ifPresent(HttpListener::closeConnections);
    loop.close();
    local.ifPresent(call -> call.application().close().run());
    relayTls.ifPresent(RelayTls::close);
    Optional.ofNullable(threads).ifPresent(Threads::close);
    accessLog.ifPresent(AccessLog::close);
  }

  private void awaitFinish() {
    long end = System.nanoTime() + FINISH_MAX.toNanos();
    try {
      while (stats.active.sum() + relayStats.active.sum() > 0 && System.nanoTime() < end) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
