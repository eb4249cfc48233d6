package appliance.admin;

import appliance.model.ClusterView;
import appliance.model.NodeId;
import appliance.model.PeerCalls;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.model.PeerRoute;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the UI's requests to the master, wherever that is now. The boundary's checks are done where
 * the client is; sessions and commands are checked where they are answered.
 */
final class MasterProxy {

  private static final Logger log = LoggerFactory.getLogger(MasterProxy.class);

  /** So that a master that hangs leaves worker threads for what this node answers itself. */
  private static final int CALLS_MAX = 2;

  private static final int REPLY_BYTES_MAX = 1024 * 1024;
  private static final String SOURCE = "x-appliance-source";
  private static final String SECURE = "x-appliance-secure";

  /**
   * Carries the answer's status; the call's own is 200. So a refusal of the call is told from one of
   * the request, and no HTTP client on the way takes a 401 for its own.
   */
  private static final String STATUS = "x-appliance-status";

  private static final Set<String> REQUEST_HEADERS =
      Set.of("cookie", "x-csrf-token", "content-type", "if-none-match");
  private static final Set<String> REPLY_HEADERS = Set.of(
      "content-type",
      "set-cookie",
      "etag",
      "cache-control",
      "retry-after",
      "allow",
      "www-authenticate");

  private final Supplier<ClusterView> view;
  private final PeerCalls peers;
  private final Semaphore calls = new Semaphore(CALLS_MAX);

  MasterProxy(Supplier<ClusterView> view, PeerCalls peers) {
    this.view = view;
    this.peers = peers;
  }

  /** The master's answer; empty if this node is to answer: as the master, or because none does. */
  Optional<Response> answer(Request request) {
    ClusterView now = view.get();
    Optional<NodeId> master = now.master().filter(id -> !id.equals(now.self()));
    if (master.isEmpty() || !calls.tryAcquire()) {
      return Optional.empty();
    }
    try (PeerReply reply = peers.call(master.get(), AdminPorts.ROUTE, outgoing(request))) {
      return Optional.of(response(reply));
    } catch (IOException e) {
      log.debug("The master does not answer {}; this node does", request.path(), e);
      return Optional.empty();
    } finally {
      calls.release();
    }
  }

  private static PeerRequest outgoing(Request request) {
    Map<String, String> headers = new HashMap<>(request.headers());
    headers.keySet().retainAll(REQUEST_HEADERS);
    headers.put(SOURCE, request.source());
    headers.put(SECURE, Boolean.toString(request.secure()));
    byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
    return new PeerRequest(
        request.method().equals("HEAD") ? "GET" : request.method(),
        request.path().substring(1),
        request.parameters(),
        headers,
        body.length,
        new ByteArrayInputStream(body));
  }

  private static Response response(PeerReply reply) throws IOException {
    String status = reply.headers().getOrDefault(STATUS, "");
    if (!reply.ok() || !status.matches("[2-5]\\d\\d")) {
      throw new IOException("the master refused the call with status " + reply.status());
    }
    byte[] body = reply.body().readNBytes(REPLY_BYTES_MAX + 1);
    if (body.length > REPLY_BYTES_MAX) {
      throw new IOException("the master's answer is larger than " + REPLY_BYTES_MAX + " bytes");
    }
    Map<String, String> headers = new HashMap<>(reply.headers());
    headers.keySet().retainAll(REPLY_HEADERS);
    return new Response(
        Integer.parseInt(status), headers, new String(body, StandardCharsets.UTF_8));
  }

  /** The other end: answers for nodes that are not the master. Never hands on any further. */
  static PeerRoute route(Routes routes) {
    return call -> {
      Response response = routes
          .answer(incoming(call))
          .orElseGet(() -> Response.error(404, "there is no /" + call.path()));
      byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
      Map<String, String> headers = new HashMap<>(response.headers());
      headers.put(STATUS, Integer.toString(response.status()));
      return new PeerReply(200, headers, body.length, new ByteArrayInputStream(body));
    };
  }

  /** A member speaks for its own clients only: what it says counts as its own, never as another's. */
  private static String source(PeerRequest call) {
    return call.headers().getOrDefault(PeerRequest.CALLER, "unknown")
        + "/"
        + call.headers().getOrDefault(SOURCE, "unknown");
  }

  private static Request incoming(PeerRequest call) throws IOException {
    byte[] body = call.body().readNBytes(Request.BODY_BYTES_MAX + 1);
    if (body.length > Request.BODY_BYTES_MAX) {
      throw new IOException("a body larger than " + Request.BODY_BYTES_MAX + " bytes");
    }
    Map<String, String> headers = new HashMap<>(call.headers());
    headers.keySet().retainAll(REQUEST_HEADERS);
    return new Request(
        call.method().toUpperCase(Locale.ROOT),
        "/" + call.path(),
        call.parameters(),
        headers,
        new String(body, StandardCharsets.UTF_8),
        source(call),
        Boolean.parseBoolean(call.headers().get(SECURE)));
  }
}
