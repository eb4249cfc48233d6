package appliance.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * What a request must be to be served at all: everything that two servers could read in two ways is
 * refused, by RFC 9112 and more strictly. Undertow's parser has refused the rest before.
 *
 * @param bodyBytesMax the longest body
 * @param encodedSlashes whether some site may have them in a path
 */
public record RequestRules(long bodyBytesMax, boolean encodedSlashes) {

  private static final int LENGTH_DIGITS_MAX = 18;

  /** What a client is told with 413. */
  public static final String BODY_TOO_LARGE = "the body is too large";

  /** Why a request is refused. */
  public record Refused(int status, String words) {}

  /** Returns null if the request may go on, its path then normalised. */
  @Nullable
  public Refused check(HttpServerExchange exchange) {
    if (exchange.getRequestMethod().equals(Methods.CONNECT)
        || exchange.getRequestMethod().equals(Methods.TRACE)) {
      return new Refused(StatusCodes.METHOD_NOT_ALLOWED, "this method is not served");
    }
    boolean http2 = Http2Rules.applyTo(exchange);
    if (!exchange.isHttp11() && !exchange.isHttp10() && !http2) {
      return bad("only HTTP/1.0, HTTP/1.1 and, over TLS, HTTP/2 are served");
    }
    Refused refused = http2 ? Http2Rules.check(exchange.getRequestHeaders()) : null;
    refused = refused == null ? host(exchange) : refused;
    refused = refused == null ? framing(exchange) : refused;
    return refused == null ? path(exchange) : refused;
  }

  /** What is served instead, as a 405 must say (RFC 9110, 15.5.6); an application may know others, or fewer. */
  public static void tellMethods(HttpServerExchange answer) {
    answer.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  }

  static Refused bad(String words) {
    return new Refused(StatusCodes.BAD_REQUEST, words);
  }

  private static @Nullable Refused host(HttpServerExchange exchange) {
    HeaderValues hosts = exchange.getRequestHeaders().get(Headers.HOST);
    if (hosts == null) {
      return exchange.isHttp10() ? null : bad("the Host header is missing");
    }
    if (hosts.size() != 1 || !HostHeader.wellFormed(hosts.getFirst())) {
      return bad("the Host header is malformed");
    }
    return null;
  }

  private @Nullable Refused framing(HttpServerExchange exchange) {
    HeaderMap headers = exchange.getRequestHeaders();
    HeaderValues coding = headers.get(Headers.TRANSFER_ENCODING);
    HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
    if (coding != null) {
      boolean clear = coding.size() == 1
          && coding.getFirst().equalsIgnoreCase("chunked")
          && lengths == null
          && exchange.isHttp11();
      return clear ? null : bad("the body's framing is ambiguous");
    }
    if (lengths == null) {
      return null;
    }
    String length = lengths.getFirst();
    if (lengths.size() != 1 || !digits(length)) {
      return bad("the Content-Length is malformed");
    }
    long bytes = Long.parseLong(length);
    // Only HTTP/2 can end a request without the body that it announces; RFC 9113, 8.1.1.
    if (bytes > 0 && exchange.isRequestComplete()) {
      return bad("the body that the Content-Length announces is missing");
    }
    return bytes > bodyBytesMax
        ? new Refused(StatusCodes.REQUEST_ENTITY_TOO_LARGE, BODY_TOO_LARGE)
        : null;
  }

  private static boolean digits(String text) {
    return text.length() <= LENGTH_DIGITS_MAX && Ascii.digits(text);
  }

  /**
   * Browsers encode less than RFC 3986 asks for, no {@code |} for one (URL Standard, 1.3); all that they leave
   * is visible ASCII. A fragment is never sent. A stray {@code %} is refused as Undertow refuses it in HTTP/1.1.
   */
  private static boolean visible(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || c == '#' || (c == '%' && !encoded(text, i + 1))) {
        return false;
      }
    }
    return true;
  }

  private static boolean encoded(String text, int at) {
    return at + 1 < text.length()
        && Ascii.hex(text.charAt(at)) >= 0
        && Ascii.hex(text.charAt(at + 1)) >= 0;
  }

  private @Nullable Refused path(HttpServerExchange exchange) {
    String target = exchange.getRequestURI();
    if (!visible(target) || !visible(exchange.getQueryString())) {
      return bad("the path or the query holds what must be percent-encoded, or a broken code");
    }
    if (exchange.isHostIncludedInRequestURI()) {
      AbsoluteForm absolute = AbsoluteForm.of(target);
      HeaderMap headers = exchange.getRequestHeaders();
      String host = headers.getFirst(Headers.HOST);
      if (absolute == null || (host != null && !absolute.names(host))) {
        return bad("the request target is malformed, or differs from the Host header");
      }
      headers.put(Headers.HOST, absolute.authority()); // RFC 9112, 3.2.2: that counts
      target = absolute.path().isEmpty() ? "/" : absolute.path();
    }
    RequestPath path = RequestPath.of(target, encodedSlashes);
    if (path == null) {
      return bad("the path is malformed or ambiguous");
    }
    exchange.setRequestURI(path.raw(), false);
    exchange.setRequestPath(path.decoded());
    exchange.setRelativePath(path.decoded());
    return null;
  }
}
