package appliance.edge.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** The headers that belong to one connection only, by RFC 9110, section 7.6.1. */
public final class HopByHop {

  private static final HttpString PROXY_CONNECTION = new HttpString("Proxy-Connection");

  private HopByHop() {}

  /** Whether {@code name} is never passed on, whatever {@code Connection} says. */
  public static boolean is(HttpString name) {
    return name.equals(Headers.CONNECTION)
        || name.equals(Headers.KEEP_ALIVE)
        || name.equals(Headers.TRANSFER_ENCODING)
        || name.equals(Headers.TE)
        || name.equals(Headers.TRAILER)
        || name.equals(Headers.UPGRADE)
        || name.equals(Headers.PROXY_AUTHORIZATION)
        || name.equals(Headers.PROXY_AUTHENTICATE)
        || name.equals(PROXY_CONNECTION);
  }

  /** Whether a {@code Connection} header names {@code name}. */
  public static boolean named(@Nullable HeaderValues connection, HttpString name) {
    if (connection == null) {
      return false;
    }
    String text = name.toString();
    for (int i = 0; i < connection.size(); i++) {
      if (names(connection.get(i), text)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the comma-separated list {@code value} has {@code token}, in any case. */
  static boolean names(String value, String token) {
    int from = 0;
    while (from <= value.length()) {
      int comma = value.indexOf(',', from);
      int end = comma < 0 ? value.length() : comma;
      if (value.substring(from, end).trim().equalsIgnoreCase(token)) {
        return true;
      }
      from = end + 1;
    }
    return false;
  }

  /** Removes them all from {@code headers}, those that {@code Connection} names included. */
  static void strip(HeaderMap headers) {
    HeaderValues connection = headers.get(Headers.CONNECTION);
    if (connection != null) {
      for (String value : connection.toArray()) {
        StringTokenizer names = new StringTokenizer(value, ", \t");
        while (names.hasMoreTokens()) {
          headers.remove(names.nextToken());
        }
      }
      headers.remove(Headers.CONNECTION);
    }
    headers.remove(Headers.KEEP_ALIVE);
    headers.remove(Headers.TRANSFER_ENCODING);
    headers.remove(Headers.TE);
    headers.remove(Headers.TRAILER);
    headers.remove(Headers.UPGRADE);
    headers.remove(Headers.PROXY_AUTHENTICATE);
    headers.remove(PROXY_CONNECTION);
  }
}
