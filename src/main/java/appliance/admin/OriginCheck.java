package appliance.admin;

import appliance.model.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What every request must pass before anyone looks at it, against pages of other sites that a
 * browser on this machine or in this network has open: they may neither name this node as theirs
 * (DNS rebinding) nor send it commands (CSRF).
 */
final class OriginCheck {

  /** Sent with every answer. */
  static final Map<String, String> HEADERS = Map.of(
      "content-security-policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
      "x-frame-options",
      "DENY",
      "x-content-type-options",
      "nosniff",
      "referrer-policy",
      "no-referrer",
      "cross-origin-resource-policy",
      "same-origin",
      "cross-origin-opener-policy",
      "same-origin");

  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|[0-9a-f]*:[0-9a-f:.]+");

  private final Set<String> ownNames;

  /** Takes the names, besides addresses and localhost, that this node may be called by. */
  OriginCheck(Set<String> ownNames) {
    this.ownNames = Set.copyOf(ownNames);
  }

  /** Why {@code request} is refused, if it is. */
  Optional<Response> refusal(Request request) {
    Optional<String> host = request.header("host").flatMap(OriginCheck::hostName);
    if (host.isEmpty()) {
      return Optional.of(Response.error(400, "the Host header is missing or malformed"));
    }
    if (isLoopback(request.source()) && !isOwn(host.get())) {
      return Optional.of(Response.error(
          421,
          "a request from this machine must name it: use its address or localhost; a proxy before"
              + " this port must send that as Host"));
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD") && isForeign(request)) {
      return Optional.of(Response.error(403, "this command came from a page of another site"));
    }
    return Optional.empty();
  }

  private static Optional<String> hostName(String header) {
    try {
      return Optional.of(HostPort.parse(header, 0).host().toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isOwn(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || ADDRESS.matcher(host).matches()
        || ownNames.contains(host);
  }

  /** By the browser's own word where it gives it, else by comparing the page's origin with us. */
  private static boolean isForeign(Request request) {
    Optional<String> site = request.header("sec-fetch-site");
    if (site.isPresent()) {
      return !site.get().equals("same-origin") && !site.get().equals("none");
    }
    return request
        .header("origin")
        .map(origin -> !origin.equals(
            (request.secure() ? "https://" : "http://") + request.header("host").orElse("")))
        .orElse(false);
  }

  /** Whether {@code address}, a literal, is this machine's own. */
  static boolean isLoopback(String address) {
    try {
      return ADDRESS.matcher(address).matches()
          && InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
