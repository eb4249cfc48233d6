package appliance.edge.exchange;

import appliance.edge.http.HopByHop;
import appliance.edge.http.HostHeader;
import appliance.edge.http.RelayHeaders;
import appliance.edge.http.Trailers;
import appliance.edge.http.Upgrade;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Set;

/**
 * Writes the head of a request to an application into a byte array: the client's end-to-end headers,
 * one framing, and where the request came from.
 */
public final class RequestHead {

  private static final HttpString PROXY = new HttpString("Proxy");
  private static final HttpString HTTP2_SETTINGS = new HttpString("HTTP2-Settings");

  /** Written anew or not at all. */
  private static final Set<HttpString> REWRITTEN = Set.of(
      Headers.HOST,
      Headers.CONTENT_LENGTH,
      Headers.EXPECT,
      PROXY,
      HTTP2_SETTINGS,
      RelayHeaders.CHECK,
      RelayHeaders.BUSY,
      RelayHeaders.UNSENT,
      RelayHeaders.UNSENT_KIND,
      RelayHeaders.FENCED,
      RelayHeaders.FAILED,
      RelayHeaders.FAILED_KIND,
      RelayHeaders.APPLICATION);

  private final byte[] to;
  private int at;

  private RequestHead(byte[] to) {
    this.to = to;
  }

  /** Returns the head's length in {@code to}, which must hold the request's own head and 4 KB more. */
  public static int write(byte[] to, HttpServerExchange exchange, RequestBody body, Origin origin) {
    RequestHead head = new RequestHead(to);
    head.target(exchange);
    head.headers(exchange.getRequestHeaders(), origin);
    body.headers(head);
    if (Upgrade.wanted(exchange)) {
      head.line("Connection", "upgrade");
      head.line("Upgrade", "websocket");
    } else if (Trailers.wanted(exchange)) {
      head.line("Connection", "TE");
      head.line("TE", "trailers");
    }
    origin.write(exchange, head);
    head.put("\r\n");
    return head.at;
  }

  private void target(HttpServerExchange exchange) {
    put(exchange.getRequestMethod());
    put(" ");
    put(exchange.getRequestURI());
    String query = exchange.getQueryString();
    if (!query.isEmpty()) {
      put("?");
      put(query);
    }
    put(" HTTP/1.1\r\n");
    line("Host", HostHeader.of(exchange));
  }

  private void headers(HeaderMap headers, Origin origin) {
    HeaderValues connection = headers.get(Headers.CONNECTION);
    long cookie = headers.fastIterateNonEmpty();
    while (cookie != -1L) {
      HeaderValues values = headers.fiCurrent(cookie);
      HttpString name = values.getHeaderName();
      if (passes(name, connection, origin)) {
        lines(name, values);
      }
      cookie = headers.fiNextNonEmpty(cookie);
    }
  }

  /** Of cookies one line: HTTP/2 has one for each of them, and applications read one (RFC 9113, 8.2.3). */
  private void lines(HttpString name, HeaderValues values) {
    boolean joined = name.equals(Headers.COOKIE);
    for (int i = 0; i < values.size(); i++) {
      if (joined && i > 0) {
        at -= 2; // the end of the line before
        put("; ");
      } else {
        put(name);
        put(": ");
      }
      put(values.get(i));
      put("\r\n");
    }
  }

  /** A name with an underscore is dropped: CGI and WSGI cannot tell it from the one with a dash. */
  private static boolean passes(HttpString name, HeaderValues connection, Origin origin) {
    return !REWRITTEN.contains(name)
        && !HopByHop.is(name)
        && !origin.replaces(name)
        && !HopByHop.named(connection, name)
        && name.toString().indexOf('_') < 0;
  }

  void line(String name, String value) {
    put(name);
    put(": ");
    put(value);
    put("\r\n");
  }

  /** All of it is Latin-1: Undertow reads it so. */
  @SuppressWarnings("deprecation") // the only way to copy Latin-1 without an array in between
  private void put(String text) {
    int length = text.length();
    text.getBytes(0, length, to, at);
    at += length;
  }

  private void put(HttpString text) {
    text.copyTo(to, at);
    at += text.length();
  }
}
