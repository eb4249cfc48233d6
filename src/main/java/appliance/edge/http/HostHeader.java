package appliance.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/** The Host of a request (RFC 9110, section 7.2). */
public final class HostHeader {

  /** A name of 255 characters, a colon and a port. */
  private static final int CHARS_MAX = 255 + 6;

  private HostHeader() {}

  /** The client's Host; an HTTP/1.0 request may have none. */
  public static String of(HttpServerExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
    return host == null ? "localhost" : host;
  }

  /** Whether it is a name or an address, with a port or without, in the letters that RFC 3986 has for them. */
  public static boolean wellFormed(String host) {
    if (host.isEmpty() || host.length() > CHARS_MAX) {
      return false;
    }
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (!Ascii.alphanumeric(c) && "-._:[]".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
