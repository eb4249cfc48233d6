package appliance.peer;

import appliance.model.ClusterView;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.model.PeerRoute;
import appliance.runtime.ExitCode;
import appliance.runtime.Published;
import appliance.runtime.Service;
import appliance.runtime.StartFailure;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Options;

/**
 * Answers the calls of the cluster's other nodes: {@code /<route>/<path>}. Owns a small Undertow of its
 * own; routes run on its workers.
 *
 * <p>Who is not a member of this cluster gets 403: callers name the cluster, and call from the address
 * of a member. More calls than can wait get 503.
 */
public final class PeerServer implements Service {

  private static final Logger log = LoggerFactory.getLogger(PeerServer.class);

  private static final AttachmentKey<String> CALLER = AttachmentKey.create(String.class);

  private static final int WORKERS_MAX = 16;
  private static final int CALLS_MAX = 256;
  private static final int CONNECTIONS_MAX = 512;
  private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long BODY_BYTES_MAX = 16L << 20;
  private static final int CALL_SILENCE_MILLIS_MAX = 30_000;

  private final HostPort address;
  private final Published<ClusterView> views;
  private final Map<String, PeerRoute> routes;
  private final int callsMax;
  private final HttpHandler worker = new BlockingHandler(this::answer);
  private final AtomicInteger calls = new AtomicInteger();
  private @Nullable Undertow server;

  /** These two belong to the one IO thread. */
  private long refused;

  private long toldNanos = System.nanoTime() - TELL_NANOS;

  public PeerServer(HostPort address, Published<ClusterView> views, Map<String, PeerRoute> routes) {
    this(address, views, routes, CALLS_MAX);
  }

  /** @param callsMax at once, running or waiting for a worker; more get 503 */
  PeerServer(
      HostPort address, Published<ClusterView> views, Map<String, PeerRoute> routes, int callsMax) {
    this.address = address;
    this.views = views;
    this.routes = Map.copyOf(routes);
    this.callsMax = callsMax;
  }

  @Override
  public void start() {
    server = Undertow.builder()
        .addHttpListener(address.port(), address.host(), this::admit)
        .setIoThreads(1)
        .setWorkerThreads(WORKERS_MAX)
        .setSocketOption(Options.CONNECTION_HIGH_WATER, CONNECTIONS_MAX)
        .setSocketOption(Options.CONNECTION_LOW_WATER, CONNECTIONS_MAX - 1)
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, BODY_BYTES_MAX)
        .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 32 * 1024)
        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
        .setServerOption(UndertowOptions.IDLE_TIMEOUT, CALL_SILENCE_MILLIS_MAX)
        .setServerOption(UndertowOptions.DECODE_URL, true)
        .build();
    try {
      server.start();
    } catch (RuntimeException e) {
      throw failure(e);
    }
  }

  private StartFailure failure(RuntimeException e) {
    String port = "the port for calls between nodes, " + address + ", ";
    String why =
        e.getCause() instanceof BindException bind ? String.valueOf(bind.getMessage()) : "";
    if (why.contains("in use")) {
      return new StartFailure(
          ExitCode.PORT_TAKEN,
          port + "is taken by another program: stop it or choose another --port",
          e);
    }
    if (why.contains("Cannot assign")) {
      return new StartFailure(
          ExitCode.BAD_CONFIG, port + "cannot be had: --bind is no address of this machine", e);
    }
    return new StartFailure(ExitCode.BAD_CONFIG, port + "cannot be listened on: " + e, e);
  }

  /** On the IO thread, so that who is no member takes no worker. */
  private void admit(HttpServerExchange exchange) throws Exception {
    Optional<Member> caller = caller(exchange);
    if (caller.isEmpty()) {
      refuse(exchange, 403, "no member of this cluster calls from " + source(exchange));
    } else if (calls.incrementAndGet() > callsMax) {
      calls.decrementAndGet();
      tellRefused();
      refuse(exchange, 503, "too many calls at once");
    } else {
      exchange.addExchangeCompleteListener((ended, next) -> {
        calls.decrementAndGet();
        next.proceed();
      });
      exchange.putAttachment(CALLER, caller.get().name());
      worker.handleRequest(exchange);
    }
  }

  /** Calls that run or wait for a worker. */
  int calls() {
    return calls.get();
  }

  private static void refuse(HttpServerExchange exchange, int status, String why) {
    exchange.setStatusCode(status).setPersistent(false);
    exchange.getResponseSender().send(why);
  }

  private void tellRefused() {
    refused++;
    if (System.nanoTime() - toldNanos >= TELL_NANOS) {
      log.warn(
          "{} calls of other nodes were refused since the start, as {} are being answered; see what"
              + " keeps this node busy: its disk, or a node that reads slowly",
          refused,
          callsMax);
      toldNanos = System.nanoTime();
    }
  }

  private void answer(HttpServerExchange exchange) throws IOException {
    String[] route = exchange.getRelativePath().substring(1).split("/", 2);
    PeerRoute target = routes.get(route[0]);
    if (target == null) {
      send(exchange, PeerReply.text(404, "no such route: " + route[0]));
    } else {
      send(exchange, call(target, request(exchange, route.length > 1 ? route[1] : "")));
    }
  }

  /** Of several members at one address, the first: who runs on one machine is one caller. */
  private Optional<Member> caller(HttpServerExchange exchange) {
    ClusterView view = views.get();
    if (!view.cluster().equals(exchange.getRequestHeaders().getFirst(PeerClient.CLUSTER))) {
      return Optional.empty();
    }
    String source = source(exchange);
    return view.members().stream()
        .filter(member -> member.endpoints().cluster().host().equals(source))
        .findFirst();
  }

  private static String source(HttpServerExchange exchange) {
    return exchange.getSourceAddress().getAddress().getHostAddress();
  }

  private static PeerReply call(PeerRoute route, PeerRequest request) {
    try {
      return route.handle(request);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "A call from another node, {} {}, failed: {}",
          request.method(),
          request.path(),
          e.toString());
      return PeerReply.text(500, "the call failed; this node's log tells why");
    }
  }

  private static PeerRequest request(HttpServerExchange exchange, String path) {
    Map<String, String> parameters = new HashMap<>();
    exchange
        .getQueryParameters()
        .forEach((name, values) -> parameters.put(name, values.getFirst()));
    Map<String, String> headers = new HashMap<>();
    for (HeaderValues header : exchange.getRequestHeaders()) {
      headers.put(header.getHeaderName().toString().toLowerCase(Locale.ROOT), header.getFirst());
    }
    headers.put(PeerRequest.CALLER, exchange.getAttachment(CALLER));
    return new PeerRequest(
        exchange.getRequestMethod().toString(),
        path,
        parameters,
        headers,
        Math.max(0, exchange.getRequestContentLength()),
        exchange.getInputStream());
  }

  private static void send(HttpServerExchange exchange, PeerReply reply) throws IOException {
    try (reply) {
      exchange.setStatusCode(reply.status());
      reply.headers().forEach((n, v) -> exchange.getResponseHeaders().put(new HttpString(n), v));
      if (reply.length() >= 0) {
        exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, reply.length());
      }
      try (OutputStream out = exchange.getOutputStream()) {
        reply.body().transferTo(out);
      }
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop();
      server = null;
    }
  }
}
