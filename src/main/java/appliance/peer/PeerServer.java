package appliance.peer;

import appliance.model.ClusterView;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.model.PeerRoute;
import appliance.runtime.ExitCode;
import appliance.runtime.Published;
import appliance.runtime.Service;
import appliance.runtime.StartFailure;
import appliance.trust.MemberPort;
import appliance.trust.Trust;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.SSLSessionInfo;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Answers the calls of the cluster's other nodes: {@code /<route>/<path>}. Owns a few
 * threads; routes run on its workers.
 *
 * <p>Over TLS with trusted keys only. Who is not a member of this cluster gets 403: callers name the
 * cluster, and show the key of a member. More calls than can wait get 503.
 */
public final class PeerServer implements Service {

  private static final Logger log = LoggerFactory.getLogger(PeerServer.class);

  private static final AttachmentKey<String> CALLER = AttachmentKey.create(String.class);

  private static final int WORKERS_MAX = 16;
  private static final int CALLS_MAX = 256;

  /** As many as may wait for their handshake, and as many again that are members. */
  private static final int CONNECTIONS_MAX = 1024;

  /** One TLS record and its frame must fit: with less, a large one is never read. */
  private static final int BUFFER_BYTES = 17 * 1024;

  private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long BODY_BYTES_MAX = 16L << 20;
  private static final int CALL_SILENCE_MILLIS_MAX = 30_000;

  private final HostPort address;
  private final Published<ClusterView> views;
  private final Trust trust;
  private final Map<String, PeerRoute> routes;
  private final int callsMax;
  private final HttpHandler worker = new BlockingHandler(this::answer);
  private final AtomicInteger calls = new AtomicInteger();
  private final ByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER_BYTES, 100, 4);
  private final HttpOpenListener opener = new HttpOpenListener(buffers, limits());
  private final MemberPort port;
  private @Nullable XnioWorker workers;
  private @Nullable AcceptingChannel<StreamConnection> accepting;

  /** These two belong to the one IO thread. */
  private long refused;

  private long toldNanos = System.nanoTime() - TELL_NANOS;

  public PeerServer(
      HostPort address, Published<ClusterView> views, Trust trust, Map<String, PeerRoute> routes) {
    this(address, views, trust, routes, CALLS_MAX);
  }

  /** @param callsMax at once, running or waiting for a worker; more get 503 */
  PeerServer(
      HostPort address,
      Published<ClusterView> views,
      Trust trust,
      Map<String, PeerRoute> routes,
      int callsMax) {
    this.address = address;
    this.views = views;
    this.trust = trust;
    port = trust.port(buffers);
    this.routes = Map.copyOf(routes);
    this.callsMax = callsMax;
  }

  private static OptionMap limits() {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_ENTITY_SIZE, BODY_BYTES_MAX)
        .set(UndertowOptions.MAX_HEADER_SIZE, 32 * 1024)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
        .set(UndertowOptions.IDLE_TIMEOUT, CALL_SILENCE_MILLIS_MAX)
        .set(UndertowOptions.DECODE_URL, true)
        .getMap();
  }

  @Override
  public void start() {
    opener.setRootHandler(this::admit);
    try {
      XnioWorker worker = Xnio.getInstance(PeerServer.class.getClassLoader())
          .createWorker(OptionMap.builder()
              .set(Options.WORKER_NAME, "peer")
              .set(Options.WORKER_IO_THREADS, 1)
              .set(Options.WORKER_TASK_CORE_THREADS, WORKERS_MAX)
              .set(Options.WORKER_TASK_MAX_THREADS, WORKERS_MAX)
              .set(Options.THREAD_DAEMON, true)
              .getMap());
      workers = worker;
      AcceptingChannel<StreamConnection> channel = worker.createStreamConnectionServer(
          address.socketAddress(),
          ChannelListeners.openListenerAdapter(plain -> opener.handleEvent(port.accepted(plain))),
          OptionMap.builder()
              .set(Options.TCP_NODELAY, true)
              .set(Options.REUSE_ADDRESSES, true)
              .set(Options.CONNECTION_HIGH_WATER, CONNECTIONS_MAX)
              .set(Options.CONNECTION_LOW_WATER, CONNECTIONS_MAX - 1)
              .getMap());
      accepting = channel;
      port.watch(channel.getIoThread());
      channel.resumeAccepts();
    } catch (IOException e) {
      close();
      throw failure(e);
    }
  }

  private StartFailure failure(IOException e) {
    String port = "the port for calls between nodes, " + address + ", ";
    String why = e instanceof BindException ? String.valueOf(e.getMessage()) : "";
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
      refuse(exchange, 403, "no member of this cluster has this key");
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

  /** Whose key it is, looked up for each call: a member may have been removed since it connected. */
  private Optional<Member> caller(HttpServerExchange exchange) {
    SSLSessionInfo session = exchange.getConnection().getSslSessionInfo();
    ClusterView view = views.get();
    if (session == null
        || !view.cluster().equals(exchange.getRequestHeaders().getFirst(PeerClient.CLUSTER))) {
      return Optional.empty();
    }
    try {
      InetAddress from = exchange.getSourceAddress().getAddress();
      Fingerprint key = trust.members().peer(session.getSSLSession(), from);
      return trust.trusted().get().owner(key).flatMap(view::member);
    } catch (SSLException e) {
      log.debug("A call was refused", e); // it has been counted
      return Optional.empty();
    }
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
    XnioWorker worker = workers;
    workers = null;
    if (worker == null) {
      return;
    }
    IoUtils.safeClose(accepting);
    port.close();
    opener.closeConnections();
    worker.shutdownNow();
  }
}
