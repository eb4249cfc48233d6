package appliance.fastcgi;

import appliance.model.AddressText;
import appliance.model.Caller;
import appliance.model.HealthQuestion;
import appliance.model.HostPort;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the parameters of a request by RFC 3875 (CGI/1.1), as php needs them. Belongs to one I/O
 * thread.
 */
final class RequestParameters {

  private static final int NAMES_MAX = 512;
  private static final int HTTPS_PORT = 443;
  private static final String LOOPBACK = "127.0.0.1";
  private static final byte[] NEVER = {};

  private static final byte[] QUERY_STRING = Parameters.ascii("QUERY_STRING");
  private static final byte[] REQUEST_METHOD = Parameters.ascii("REQUEST_METHOD");
  private static final byte[] REQUEST_URI = Parameters.ascii("REQUEST_URI");
  private static final byte[] REQUEST_SCHEME = Parameters.ascii("REQUEST_SCHEME");
  private static final byte[] HTTPS = Parameters.ascii("HTTPS");
  private static final byte[] SERVER_PROTOCOL = Parameters.ascii("SERVER_PROTOCOL");
  private static final byte[] SERVER_NAME = Parameters.ascii("SERVER_NAME");
  private static final byte[] SERVER_PORT = Parameters.ascii("SERVER_PORT");
  private static final byte[] SERVER_ADDR = Parameters.ascii("SERVER_ADDR");
  private static final byte[] REMOTE_ADDR = Parameters.ascii("REMOTE_ADDR");
  private static final byte[] REMOTE_PORT = Parameters.ascii("REMOTE_PORT");
  private static final byte[] CONTENT_TYPE = Parameters.ascii("CONTENT_TYPE");
  private static final byte[] CONTENT_LENGTH = Parameters.ascii("CONTENT_LENGTH");

  private static final Parameters SAME_FOR_ALL = sameForAll();

  private final Parameters parameters = new Parameters();
  private final Map<HttpString, byte[]> names = new HashMap<>();

  private static Parameters sameForAll() {
    Parameters same = new Parameters();
    same.addText("GATEWAY_INTERFACE", "CGI/1.1");
    same.addText("SERVER_SOFTWARE", "appliance");
    // Without it, a php built with force-cgi-redirect runs nothing.
    same.addText("REDIRECT_STATUS", "200");
    return same;
  }

  /** Those that php gets when another node asks, but for the address. */
  Parameters of(HealthQuestion question, Target.Script script) {
    parameters.clear();
    parameters.add(SAME_FOR_ALL);
    parameters.add(script.parameters());
    String path = question.path();
    int query = path.indexOf('?');
    parameters.add(REQUEST_METHOD, "GET");
    parameters.add(QUERY_STRING, query < 0 ? "" : path.substring(query + 1));
    parameters.add(REQUEST_URI, path);
    parameters.add(SERVER_PROTOCOL, "HTTP/1.1");
    addScheme("https"); // nodes speak TLS with each other
    HostPort host = HostPort.parse(question.host(), HTTPS_PORT);
    parameters.add(SERVER_NAME, host.host());
    parameters.add(SERVER_PORT, Integer.toString(host.port()));
    parameters.add(SERVER_ADDR, LOOPBACK);
    parameters.add(REMOTE_ADDR, LOOPBACK);
    parameters.add(REMOTE_PORT, "0");
    parameters.add(Parameters.ascii("HTTP_HOST"), question.host());
    parameters.add(Parameters.ascii("HTTP_USER_AGENT"), HealthQuestion.USER_AGENT);
    return parameters;
  }

  /**
   * @param bodyLength bytes that follow as the body; -1 if there is none
   * @param caller knows the port that the client used, and what it asked for
   * @return valid until the next call
   */
  Parameters of(HttpServerExchange exchange, Target.Script script, long bodyLength, Caller caller) {
    parameters.clear();
    parameters.add(SAME_FOR_ALL);
    parameters.add(script.parameters());
    String query = exchange.getQueryString();
    parameters.add(REQUEST_METHOD, exchange.getRequestMethod().toString());
    parameters.add(QUERY_STRING, query);
    // The client's own words also after a rewrite, as with nginx and Apache: applications route by
    // it.
    parameters.add(REQUEST_URI, caller.askedFor().orElseGet(() -> target(exchange, query)));
    parameters.add(SERVER_PROTOCOL, exchange.getProtocol().toString());
    addScheme(exchange.getRequestScheme());
    if (bodyLength >= 0) {
      parameters.add(CONTENT_LENGTH, Long.toString(bodyLength));
    }
    parameters.add(SERVER_NAME, exchange.getHostName());
    parameters.add(SERVER_PORT, Integer.toString(caller.port()));
    addAddresses(exchange);
    addHeaders(exchange.getRequestHeaders());
    return parameters;
  }

  private void addScheme(String scheme) {
    parameters.add(REQUEST_SCHEME, scheme);
    if (scheme.equals("https")) {
      parameters.add(HTTPS, "on");
    }
  }

  private static String target(HttpServerExchange exchange, String query) {
    String uri = rawPath(exchange);
    return query.isEmpty() ? uri : uri + "?" + query;
  }

  /** As the client wrote it, without a host and, by Undertow, without the query. */
  private static String rawPath(HttpServerExchange exchange) {
    String uri = exchange.getRequestURI();
    if (!exchange.isHostIncludedInRequestURI()) {
      return uri;
    }
    int authority = uri.indexOf("//");
    int path = authority < 0 ? -1 : uri.indexOf('/', authority + 2);
    return path < 0 ? "/" : uri.substring(path);
  }

  private void addAddresses(HttpServerExchange exchange) {
    InetSocketAddress server = exchange.getDestinationAddress();
    if (server != null) {
      parameters.add(SERVER_ADDR, text(server));
    }
    InetSocketAddress client = exchange.getSourceAddress();
    if (client != null) {
      parameters.add(REMOTE_ADDR, text(client));
      parameters.add(REMOTE_PORT, Integer.toString(client.getPort()));
    }
  }

  private static String text(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return ip == null ? address.getHostString() : AddressText.of(ip);
  }

  private void addHeaders(HeaderMap headers) {
    String type = headers.getFirst(Headers.CONTENT_TYPE);
    if (type != null) {
      parameters.add(CONTENT_TYPE, type);
    }
    HeaderValues connection = headers.get(Headers.CONNECTION);
    for (long at = headers.fastIterateNonEmpty(); at != -1L; at = headers.fiNextNonEmpty(at)) {
      HeaderValues values = headers.fiCurrent(at);
      byte[] name = name(values.getHeaderName());
      if (name.length > 0 && !isNamed(connection, values.getHeaderName())) {
        parameters.add(name, values.size() == 1 ? values.getFirst() : joined(values));
      }
    }
  }

  /** RFC 9110, section 5.3, and RFC 6265, section 5.4, for cookies. */
  private static String joined(HeaderValues values) {
    return String.join(values.getHeaderName().equals(Headers.COOKIE) ? "; " : ", ", values);
  }

  private byte[] name(HttpString header) {
    byte[] known = names.get(header);
    if (known == null) {
      known = makeName(header.toString().toUpperCase(Locale.ROOT));
      if (names.size() < NAMES_MAX) {
        names.put(header, known);
      }
    }
    return known;
  }

  /**
   * Letters, digits and hyphens only: php writes other characters as an underscore too, so that a
   * client could forge what the edge has set.
   */
  private static byte[] makeName(String upper) {
    return isPassed(upper) && upper.matches("[A-Z0-9-]+")
        ? Parameters.ascii("HTTP_" + upper.replace('-', '_'))
        : NEVER;
  }

  private static boolean isPassed(String upper) {
    return switch (upper) {
      case "CONTENT-TYPE", "CONTENT-LENGTH" -> false;
      // HTTP_PROXY is what programs take their proxy from: CVE-2016-5385.
      case "PROXY" -> false;
      case "CONNECTION",
          "KEEP-ALIVE",
          "TE",
          "TRAILER",
          "TRANSFER-ENCODING",
          "UPGRADE",
          "EXPECT",
          "PROXY-AUTHORIZATION",
          "PROXY-CONNECTION" -> false;
      default -> true;
    };
  }

  /** Whether a {@code Connection} header names {@code name}: then it is for this hop only. */
  private static boolean isNamed(@Nullable HeaderValues connection, HttpString name) {
    if (connection == null || name.equals(Headers.HOST) || name.equals(Headers.COOKIE)) {
      return false;
    }
    for (String value : connection) {
      if (!value.equalsIgnoreCase("keep-alive") && !value.equalsIgnoreCase("close")) {
        for (String token : value.split(",", -1)) {
          if (token.trim().equalsIgnoreCase(name.toString())) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
