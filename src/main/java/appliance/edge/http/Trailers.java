package appliance.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The fields behind a chunked answer, by RFC 9110, section 6.5. Those of requests end at the edge: applications
 * that take them for part of the head would believe what no rule has looked at.
 */
public final class Trailers {

  /** Longer ones are dropped, as an intermediary may: they go out in one buffer. */
  private static final int BYTES_MAX = 4 * 1024;

  /** What frames, routes, secures or describes a message counts in its head only. */
  private static final Set<HttpString> HEAD_ONLY = Set.of(
      Headers.CONTENT_LENGTH,
      Headers.CONTENT_ENCODING,
      Headers.CONTENT_TYPE,
      Headers.CONTENT_RANGE,
      Headers.HOST,
      Headers.LOCATION,
      Headers.CACHE_CONTROL,
      Headers.EXPIRES,
      Headers.AGE,
      Headers.DATE,
      Headers.VARY,
      Headers.RETRY_AFTER,
      Headers.SET_COOKIE,
      Headers.AUTHORIZATION,
      Headers.WWW_AUTHENTICATE,
      Headers.STRICT_TRANSPORT_SECURITY);

  private Trailers() {}

  /** Whether the client says that it reads them: by {@code TE}, which the hop before must mean for this one. */
  public static boolean wanted(HttpServerExchange exchange) {
    HeaderMap headers = exchange.getRequestHeaders();
    HeaderValues te = headers.get(Headers.TE);
    return te != null
        && te.stream().anyMatch(value -> HopByHop.names(value, "trailers"))
        && (exchange.getProtocol().equals(Protocols.HTTP_2_0)
            || HopByHop.named(headers.get(Headers.CONNECTION), Headers.TE));
  }

  /**
   * Those of {@code section} that may be passed on.
   *
   * @param section lines of a name that is a token, a colon and a value, each ended by CRLF
   */
  static HeaderMap of(byte[] section) {
    HeaderMap fields = new HeaderMap();
    if (section.length <= BYTES_MAX) {
      new String(section, StandardCharsets.ISO_8859_1)
          .lines()
          .forEach(line -> add(fields, line, line.indexOf(':')));
    }
    HopByHop.strip(fields);
    RelayHeaders.strip(fields);
    return fields;
  }

  private static void add(HeaderMap fields, String line, int colon) {
    HttpString name = new HttpString(line.substring(0, colon));
    if (!HEAD_ONLY.contains(name)) {
      fields.add(name, line.substring(colon + 1).trim());
    }
  }
}
