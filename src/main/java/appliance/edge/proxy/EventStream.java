package appliance.edge.proxy;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/**
 * A stream of events: it has no end but that somebody closes it, often a limit on silence of the application's or
 * of ours, and its client asks for the next one from where it is.
 */
final class EventStream {

  private static final String TYPE = "text/event-stream";

  private EventStream() {}

  /** Whether the answer is one, some of which may be out. */
  static boolean isOut(HttpServerExchange exchange) {
    String type = exchange.getResponseHeaders().getFirst(Headers.CONTENT_TYPE);
    return type != null
        && type.regionMatches(true, 0, TYPE, 0, TYPE.length())
        && exchange.isResponseStarted();
  }
}
