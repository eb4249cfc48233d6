package appliance.edge.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request target that names its server (RFC 9112, section 3.2.2), as clients send it to proxies.
 *
 * @param path empty, or from its slash on
 */
record AbsoluteForm(Scheme scheme, String authority, String path) {

  /** With the port that need not be said. */
  enum Scheme {
    HTTP(":80"),
    HTTPS(":443");

    private final String port;

    Scheme(String port) {
      this.port = port;
    }

    private String start() {
      return name().toLowerCase(Locale.ROOT) + "://";
    }
  }

  /** Null if {@code target} is of no scheme that is served, or its server is no host with or without a port. */
  static @Nullable AbsoluteForm of(String target) {
    for (Scheme scheme : Scheme.values()) {
      String start = scheme.start();
      if (target.regionMatches(true, 0, start, 0, start.length())) {
        int end = target.indexOf('/', start.length());
        String authority = target.substring(start.length(), end < 0 ? target.length() : end);
        return HostHeader.wellFormed(authority)
            ? new AbsoluteForm(scheme, authority, end < 0 ? "" : target.substring(end))
            : null;
      }
    }
    return null;
  }

  /** Whether {@code host} is the same server in other words (RFC 9110, section 4.2.3). */
  boolean names(String host) {
    return plain(authority).equalsIgnoreCase(plain(host));
  }

  private String plain(String host) {
    return host.endsWith(scheme.port)
        ? host.substring(0, host.length() - scheme.port.length())
        : host;
  }
}
