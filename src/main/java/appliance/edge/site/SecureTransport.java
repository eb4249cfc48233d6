package appliance.edge.site;

import appliance.edge.http.HostHeader;
import appliance.edge.http.Methods;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.time.Duration;

/**
 * Sends clients of plain HTTP to TLS, and tells those of TLS to stay there.
 *
 * @param port that they are sent to; 0: they are served
 * @param hsts for how long; zero: nothing is said
 */
public record SecureTransport(int port, Duration hsts, HttpHandler next) implements HttpHandler {

  private static final int HTTPS_PORT = 443;
  private static final HttpString HSTS = new HttpString("Strict-Transport-Security");

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    boolean secure = exchange.getRequestScheme().equals("https");
    if (secure && !hsts.isZero()) {
      String value = "max-age=" + hsts.toSeconds();
      exchange.addResponseCommitListener(answer -> answer.getResponseHeaders().put(HSTS, value));
    }
    if (!secure && port > 0 && exchange.getRequestHeaders().contains(Headers.HOST)) {
      redirect(exchange);
    } else {
      next.handleRequest(exchange);
    }
  }

  /** The body, if there is one, is not read: the client sends it again over there. */
  private void redirect(HttpServerExchange exchange) {
    String host = Router.withoutPort(HostHeader.of(exchange));
    String query = exchange.getQueryString();
    boolean plain = query.chars().allMatch(c -> c > ' ' && c < 0x7f);
    String location = "https://" + host + (port == HTTPS_PORT ? "" : ":" + port)
        + exchange.getRequestURI() + (query.isEmpty() || !plain ? "" : "?" + query);
    exchange.getResponseHeaders().put(Headers.LOCATION, location);
    exchange.setStatusCode(Methods.safe(exchange.getRequestMethod()) ? 301 : 308);
    exchange.endExchange();
  }
}
