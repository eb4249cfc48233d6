package appliance.edge.client;

import appliance.edge.hot.HotReads;
import appliance.edge.http.Http2Rules;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;

/** Ends a connection of HTTP/1.1 with the answer to its last request: what it holds is freed at times. */
public final class RequestsPerConnection implements HttpHandler {

  private static final AttachmentKey<Served> SERVED = AttachmentKey.create(Served.class);

  /** The requests of one connection, those answered from memory aside. */
  private static final class Served {

    private int count;
  }

  private final int max;
  private final HttpHandler next;

  private RequestsPerConnection(int max, HttpHandler next) {
    this.max = max;
    this.next = next;
  }

  /**
   * @param max 0: no limit
   */
  public static HttpHandler before(int max, HttpHandler next) {
    return max == 0 ? next : new RequestsPerConnection(max, next);
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (!Http2Rules.applyTo(exchange) && with(exchange) >= max) {
      exchange.setPersistent(false);
      // Undertow says so itself, but not with an answer that has no body (204).
      exchange.addResponseCommitListener(
          answer -> answer.getResponseHeaders().put(Headers.CONNECTION, "close"));
    }
    next.handleRequest(exchange);
  }

  private static int with(HttpServerExchange exchange) {
    Served served = exchange.getConnection().getAttachment(SERVED);
    if (served == null) {
      served = new Served();
      exchange.getConnection().putAttachment(SERVED, served);
    }
    return ++served.count + HotReads.answered(exchange);
  }
}
