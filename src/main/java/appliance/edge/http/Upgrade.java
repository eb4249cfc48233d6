package appliance.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;

/**
 * Which requests may leave HTTP: WebSocket by RFC 6455 only. Any other upgrade, h2c above all, would
 * carry requests past the rules of the edge and is served as a plain request.
 */
public final class Upgrade {

  private Upgrade() {}

  /** Whether the request asks for WebSocket, in the form that RFC 6455 has for it. */
  public static boolean wanted(HttpServerExchange exchange) {
    HeaderMap headers = exchange.getRequestHeaders();
    String protocol = headers.getFirst(Headers.UPGRADE);
    return protocol != null
        && protocol.equalsIgnoreCase("websocket")
        && exchange.isHttp11()
        && exchange.getRequestMethod().equals(Methods.GET)
        && exchange.isRequestComplete()
        && HopByHop.named(headers.get(Headers.CONNECTION), Headers.UPGRADE);
  }

  /** Copies what the application said with its 101, but for what Undertow writes itself. */
  public static void copy(ResponseHead head, HeaderMap headers) {
    for (ResponseHead.Line line : head.lines()) {
      HttpString name = line.name();
      if (!HopByHop.is(name) || name.equals(Headers.UPGRADE)) {
        headers.add(name, line.value());
      }
    }
    headers.remove(Headers.CONTENT_LENGTH);
    RelayHeaders.strip(headers);
  }
}
