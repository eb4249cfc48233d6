package appliance.edge.http;

import appliance.edge.http.RequestRules.Refused;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import org.jspecify.annotations.Nullable;

/**
 * What a request over HTTP/2 must not hold because it would mean something else in HTTP/1.1, which the
 * application is spoken to in: RFC 9113, section 8.2. Undertow checks names, pseudo headers and lengths.
 */
public final class Http2Rules {

  private Http2Rules() {}

  /** Whether the request came over HTTP/2. */
  public static boolean applyTo(HttpServerExchange exchange) {
    return exchange.getConnection() instanceof Http2ServerConnection;
  }

  static @Nullable Refused check(HeaderMap headers) {
    for (HeaderValues values : headers) {
      boolean te = values.getHeaderName().equals(Headers.TE);
      if (!te && (HopByHop.is(values.getHeaderName()) || isSettings(values))) {
        return RequestRules.bad("a header of HTTP/1.1 connections has no place in HTTP/2");
      }
      if (!isName(values.getHeaderName())) {
        return RequestRules.bad("a header's name is malformed");
      }
      for (int i = 0; i < values.size(); i++) {
        if (!wellFormed(values.get(i))) {
          return RequestRules.bad("a header's value is malformed");
        }
      }
    }
    return null;
  }

  private static boolean isName(HttpString name) {
    for (int i = 0; i < name.length(); i++) {
      if (!HeaderNames.token(name.byteAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSettings(HeaderValues values) {
    return values.getHeaderName().toString().equalsIgnoreCase("http2-settings");
  }

  /** RFC 9113, 8.2.1; other control characters go, too, as applications read them in various ways. */
  private static boolean wellFormed(String value) {
    int length = value.length();
    if (length > 0 && (value.charAt(0) <= ' ' || value.charAt(length - 1) <= ' ')) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 127 || c > 255) {
        return false;
      }
    }
    return true;
  }
}
