package appliance.peer;

import appliance.model.ClusterView;
import appliance.model.HostPort;
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
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the calls of the cluster's other nodes: {@code /<route>/<path>}. Owns a small Undertow of its
 * own; routes run on its workers.
 *
 * <p>Who is not a member of this cluster gets 403: callers name the cluster, and call from the address
 * of a member.
 */
public final class PeerServer implements Service {

  private static final Logger log = LoggerFactory.getLogger(PeerServer.class);

  private static final int WORKERS_MAX = 16;
  private static final long BODY_BYTES_MAX = 16L << 20;
  private static final int CALL_SILENCE_MILLIS_MAX = 30_000;

  private final HostPort address;
  private final Published<ClusterView> views;
  private final Map<String, PeerRoute> routes;
  private @Nullable Undertow server;

  public PeerServer(HostPort address, Published<ClusterView> views, Map<String, PeerRoute> routes) {
    this.address = address;
    this.views = views;
    this.routes = Map.copyOf(routes);
  }

  @Override
  public void start() {
    HttpHandler blocking = new BlockingHandler(this::answer);
    server = Undertow.builder()
        .addHttpListener(address.port(), address.host(), blocking)
        .setIoThreads(1)
        .setWorkerThreads(WORKERS_MAX)
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, BODY_BYTES_MAX)
        .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 32 * 1024)
        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, 10_000)
        .setServerOption(UndertowOptions.IDLE_TIMEOUT, CALL_SILENCE_MILLIS_MAX)
        .setServerOption(UndertowOptions.DECODE_URL, true)
        .build();
    try {
      server.start();
    } catch (RuntimeException e) {
      throw new StartFailure(
          ExitCode.PORT_TAKEN,
          "the port for calls between nodes, "
              + address
              + ", is taken by another program: stop it or choose another --port",
          e);
    }
  }

  private void answer(HttpServerExchange exchange) throws IOException {
    String[] route = exchange.getRelativePath().substring(1).split("/", 2);
    PeerRoute target = routes.get(route[0]);
    if (!isMember(exchange)) {
      send(
          exchange,
          PeerReply.text(403, "no member of this cluster calls from " + source(exchange)));
    } else if (target == null) {
      send(exchange, PeerReply.text(404, "no such route: " + route[0]));
    } else {
      send(exchange, call(target, request(exchange, route.length > 1 ? route[1] : "")));
    }
  }

  private boolean isMember(HttpServerExchange exchange) {
    ClusterView view = views.get();
    String source = source(exchange);
    return view.cluster().equals(exchange.getRequestHeaders().getFirst(PeerClient.CLUSTER))
        && view.members().stream()
            .anyMatch(member -> member.endpoints().cluster().host().equals(source));
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
