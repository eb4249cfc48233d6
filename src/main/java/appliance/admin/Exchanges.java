package appliance.admin;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a {@link Request} of each exchange, has it answered on a worker thread, and writes the
 * {@link Response}. The body is collected on the IO thread: a slow client holds no worker.
 */
final class Exchanges implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(Exchanges.class);

  private final Routes.Handler handler;

  Exchanges(Routes.Handler handler) {
    this.handler = handler;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange
        .getRequestReceiver()
        .receiveFullBytes(
            (e, body) -> e.dispatch(() -> write(e, answer(request(e, body)))),
            (e, failure) -> write(
                e, Response.error(413, "a body may have " + Request.BODY_BYTES_MAX + " bytes")));
  }

  private Response answer(Request request) {
    try {
      return handler.handle(request);
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.path(), e);
      return Response.error(500, "this failed; the node's log says why");
    }
  }

  private static Request request(HttpServerExchange exchange, byte[] body) {
    Map<String, String> headers = new HashMap<>();
    for (HeaderValues values : exchange.getRequestHeaders()) {
      headers.put(values.getHeaderName().toString().toLowerCase(Locale.ROOT), values.getFirst());
    }
    Map<String, String> parameters = new HashMap<>();
    for (Map.Entry<String, Deque<String>> entry : exchange.getQueryParameters().entrySet()) {
      parameters.put(entry.getKey(), entry.getValue().getFirst());
    }
    InetSocketAddress source = exchange.getSourceAddress();
    return new Request(
        exchange.getRequestMethod().toString(),
        exchange.getRequestPath(),
        parameters,
        headers,
        new String(body, StandardCharsets.UTF_8),
        source.getAddress().getHostAddress().replaceAll("%.*", ""),
        exchange.isSecure());
  }

  private static void write(HttpServerExchange exchange, Response response) {
    exchange.setStatusCode(response.status());
    OriginCheck.HEADERS.forEach((name, value) -> put(exchange, name, value));
    response.headers().forEach((name, value) -> put(exchange, name, value));
    exchange.getResponseSender().send(response.body(), StandardCharsets.UTF_8);
  }

  private static void put(HttpServerExchange exchange, String name, String value) {
    exchange.getResponseHeaders().put(new HttpString(name), value);
  }
}
