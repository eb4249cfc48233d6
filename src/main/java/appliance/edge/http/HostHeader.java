package appliance.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/** The Host of a request (RFC 9110, section 7.2). */
public final class HostHeader {

  /** A name of 255 characters, a colon and a port. */
  private static final int CHARS_MAX = 255 + 6;

  private static final int PORT_MAX = 65_535;

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
    int end = host.charAt(0) == '[' ? literalEnd(host) : nameEnd(host);
    return end > 0 && (end == host.length() || (host.charAt(end) == ':' && port(host, end + 1)));
  }

  private static int nameEnd(String host) {
    int end = 0;
    while (end < host.length() && named(host.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean named(char c) {
    return Ascii.alphanumeric(c) || c == '-' || c == '.' || c == '_';
  }

  /** Behind the brackets of an IPv6 address; 0 if it is none. */
  private static int literalEnd(String host) {
    int end = 1;
    while (end < host.length() && addressed(host.charAt(end))) {
      end++;
    }
    return end > 2 && end < host.length() && host.charAt(end) == ']' ? end + 1 : 0;
  }

  private static boolean addressed(char c) {
    return Ascii.hex(c) >= 0 || c == ':' || c == '.';
  }

  private static boolean port(String host, int from) {
    int port = 0;
    for (int i = from; i < host.length(); i++) {
      int digit = host.charAt(i) - '0';
      if (digit < 0 || digit > 9 || port > PORT_MAX) {
        return false;
      }
      port = 10 * port + digit;
    }
    return from < host.length() && port <= PORT_MAX;
  }
}
