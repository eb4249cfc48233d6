package appliance.fastcgi;

import appliance.model.Caller;
import appliance.model.CheckResult;
import appliance.model.Health;
import appliance.model.HealthQuestion;
import appliance.runtime.HostLookup;
import appliance.status.Section;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioIoThread;

/**
 * Answers exchanges from php-fpm. Any thread may call it; each exchange is served on its own I/O
 * thread.
 *
 * <p>REMOTE_ADDR, HTTPS and SERVER_NAME are taken from the exchange's source address, request scheme
 * and Host: whoever stands before sets them to what it trusts.
 */
public final class FastCgi implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FastCgi.class);

  private final FastCgiConfig config;
  private final Scripts scripts;
  private final Connector connector;
  private final String site;
  private final PhpServers.Share share;
  private final Upstream upstream;
  private final PathChecks checks;
  private final AtomicLong spooled = new AtomicLong();
  private final Map<XnioIoThread, ConnectionPool> pools = new ConcurrentHashMap<>();

  /**
   * One that shares php with nobody.
   *
   * @throws IllegalStateException if unix sockets cannot be used here
   */
  public FastCgi(FastCgiConfig config) {
    this(config, new PhpServers(), "");
  }

  /**
   * Opens nothing yet.
   *
   * @param servers shared with the others of this node
   * @param site by what name the others that use the same php are told of it
   * @throws IllegalArgumentException if another site grants the same php another number of connections
   * @throws IllegalStateException if unix sockets cannot be used here
   */
  public FastCgi(FastCgiConfig config, PhpServers servers, String site) {
    this(config, servers, site, InetAddress::getByName);
  }

  FastCgi(FastCgiConfig config, PhpServers servers, String site, HostLookup.Names names) {
    this.config = config;
    this.site = site;
    FastCgiLimits limits = config.limits();
    scripts = new Scripts(config, System::nanoTime);
    share = servers.share(config.address(), limits, site);
    connector = connector(config, names);
    upstream = new Upstream(
        config.address(),
        limits,
        new Counters(),
        share.checks(),
        new QueuePlaces(limits.queueMax()),
        new RateLimitedLog(line -> log.warn("php: {}", line), System::nanoTime),
        new RateLimitedLog(line -> log.warn("{}", line), System::nanoTime),
        servers.memory.part(),
        new Outage(config.address()));
    checks = new PathChecks(new Checked(), upstream);
  }

  private static Connector connector(FastCgiConfig config, HostLookup.Names names) {
    if (config.address() instanceof PhpAddress.Tcp tcp) {
      return new TcpConnector(
          new HostLookup(tcp.address(), names), config.limits().times().connect());
    }
    PhpAddress.Unix unix = (PhpAddress.Unix) config.address();
    return new UnixConnector(UnixDomainSocketAddress.of(unix.socket()));
  }

  /**
   * Answers the exchange from php, or tells {@code caller} why not, on the exchange's I/O thread. What is wrong
   * with the request itself is answered here, but for its body.
   */
  public void handle(HttpServerExchange exchange, Caller caller) {
    exchange.dispatch(
        exchange.isInIoThread() ? SameThreadExecutor.INSTANCE : exchange.getIoThread(),
        () -> begin(exchange, caller));
  }

  private void begin(HttpServerExchange exchange, Caller caller) {
    Target target = scripts.find(exchange.getRequestPath());
    if (target instanceof Target.Script script) {
      preread(exchange, script, caller);
    } else if (target instanceof Target.Refused refused) {
      new OwnPage(caller).send(exchange, refused.status(), "there is nothing to run");
    } else {
      redirect(exchange);
    }
  }

  private void preread(HttpServerExchange exchange, Target.Script script, Caller caller) {
    if (exchange.isRequestComplete() || HttpContinue.requiresContinueResponse(exchange)) {
      run(exchange, script, caller);
      return;
    }
    new Preread(
            exchange,
            body(exchange, caller, -1),
            () -> run(exchange, script, caller),
            failure -> bodyFailed(
                exchange,
                new Failure(failure.kind(), String.valueOf(failure.getMessage())),
                caller))
        .begin();
  }

  private ChannelBody body(HttpServerExchange exchange, Caller caller, long length) {
    return new ChannelBody(exchange, caller, length, config.limits().times().clientBody());
  }

  private static void redirect(HttpServerExchange exchange) {
    boolean safe = exchange.getRequestMethod().equals(Methods.GET)
        || exchange.getRequestMethod().equals(Methods.HEAD);
    String query = exchange.getQueryString();
    String location = exchange.getRequestURI() + "/" + (query.isEmpty() ? "" : "?" + query);
    exchange.setStatusCode(safe ? 301 : 308);
    // Two slashes at the beginning would name another host.
    exchange.getResponseHeaders().put(Headers.LOCATION, location.replaceFirst("^/+", "/"));
    exchange.endExchange();
  }

  private void run(HttpServerExchange exchange, Target.Script script, Caller caller) {
    long length = exchange.getRequestContentLength();
    if (exchange.isRequestComplete()) {
      submit(call(exchange, script, Body.NONE, caller), exchange);
    } else if (length >= 0) {
      submit(call(exchange, script, body(exchange, caller, length), caller), exchange);
    } else {
      spool(exchange, script, caller);
    }
  }

  private ClientCall call(
      HttpServerExchange exchange, Target.Script script, Body body, Caller caller) {
    return new ClientCall(exchange, script, body, caller, upstream);
  }

  private void spool(HttpServerExchange exchange, Target.Script script, Caller caller) {
    try {
      Spool spool = new Spool(
          body(exchange, caller, -1),
          config.limits().sizes(),
          spooled,
          body -> submit(call(exchange, script, body, caller), exchange),
          failure -> bodyFailed(exchange, failure, caller));
      exchange.addExchangeCompleteListener((ended, next) -> {
        spool.drop();
        next.proceed();
      });
      spool.pump();
    } catch (IOException e) {
      bodyFailed(
          exchange, new Failure(Failure.Kind.SPOOL, "cannot keep a body on disk: " + e), caller);
    }
  }

  private void bodyFailed(HttpServerExchange exchange, Failure failure, Caller caller) {
    upstream.failures().accept(exchange.getRequestPath() + ": " + failure.message());
    if (exchange.isComplete()) {
      return;
    }
    if (failure.kind().phps()) {
      caller.failed(failure.kind().status, failure.kind().words);
    } else {
      upstream.counters().aborted().increment();
      caller.clientFailed(failure.kind().status, failure.kind().words);
    }
  }

  private void submit(ClientCall call, HttpServerExchange exchange) {
    upstream.counters().requests().increment();
    ConnectionPool pool = pool(exchange.getIoThread());
    exchange.addExchangeCompleteListener((ended, next) -> {
      call.exchangeEnded(pool);
      next.proceed();
    });
    pool.submit(call);
  }

  private ConnectionPool pool(XnioIoThread thread) {
    ConnectionPool known = pools.get(thread);
    return known != null ? known : pools.computeIfAbsent(thread, this::newPool);
  }

  private ConnectionPool newPool(XnioIoThread thread) {
    ConnectionPool pool = new ConnectionPool(thread, connector, share.budget(), upstream);
    share.budget().join(pool);
    return pool;
  }

  /** Whether php takes connections and the document root is there; blocks for up to the connect limit. */
  public Health check() {
    if (!Files.isDirectory(config.documentRoot())) {
      return Health.unhealthy("the document root " + config.documentRoot() + " is not a folder");
    }
    try {
      connector.check();
      if (!upstream.outage().reason().isEmpty()) {
        // Else the first request after it would be turned away.
        pools.values().stream().findAny().ifPresent(pool -> pool.execute(pool::probe));
      }
      return Health.HEALTHY;
    } catch (UnknownHostException e) {
      return Health.unhealthy(config.address() + ": " + e.getMessage());
    } catch (IOException e) {
      return Health.unhealthy(
          config.address() + " takes no connection (" + e.getMessage() + "); is php-fpm running?");
    }
  }

  /**
   * Asks php for a page to learn whether it works; what is no script's passes. Calls back once, on {@code thread},
   * by the end of the question's time. Any thread.
   *
   * @param thread the same for all questions
   */
  public void ask(XnioIoThread thread, HealthQuestion question, Consumer<CheckResult> result) {
    checks.ask(thread, question, result);
  }

  /** As questions whether it works see it. */
  private final class Checked implements PathChecks.Php {

    @Override
    public Target find(String path) {
      return scripts.find(path);
    }

    @Override
    public boolean busy() {
      return FastCgi.this.busy();
    }

    @Override
    public void submit(CheckCall call, XnioIoThread thread) {
      ConnectionPool pool = pools.values().stream()
          .filter(ConnectionPool::hasIdle)
          .findFirst()
          .orElseGet(() -> pool(thread));
      pool.execute(() -> pool.submit(call));
    }
  }

  /** Whether all of its children work, and one has ended a request not long ago. Any thread. */
  public boolean busy() {
    return share.budget().busy(upstream.checks().get(), System.nanoTime());
  }

  /** What a {@code status.Source} of this php tells; its connections may be other sites' as well. */
  public Section status() {
    Counters counters = upstream.counters();
    String sharedWith = share.sharedWith(site);
    return Section.builder()
        .text("address", config.address().toString())
        .text("sharedWith", sharedWith)
        .text("outage", upstream.outage().reason())
        .gauge(
            "active",
            pools.values().stream().mapToInt(ConnectionPool::busyCount).sum())
        .gauge(
            "idle", pools.values().stream().mapToInt(ConnectionPool::idleCount).sum())
        .gauge("connectionsMax", share.connectionsMax())
        .gauge("connectionsShared", sharedWith.isEmpty() ? 0 : share.connectionsMax())
        .gauge("queued", upstream.places().taken())
        .gauge("spooledBytes", spooled.get())
        .gauge("heldBytes", upstream.memory().bytes())
        .counter("requests", counters.requests().sum())
        .counter("failures", counters.failures().sum())
        .counter("refused", counters.refused().sum())
        .counter("retries", counters.retries().sum())
        .counter("aborted", counters.aborted().sum())
        .counter("connections", counters.connections().sum())
        .counter("stderrLines", counters.stderrLines().sum())
        .build();
  }

  /** Refuses what waits and cuts what runs: whoever routes has drained before. */
  @Override
  public void close() {
    pools.values().forEach(pool -> pool.execute(pool::close));
  }
}
