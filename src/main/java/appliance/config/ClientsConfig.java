package appliance.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the public side believes and grants its clients.
 *
 * @param trustedProxies who may say where a request came from
 * @param proxyProtocol whether connections from them begin with a header of the PROXY protocol
 * @param httpsRedirect the port that requests over plain HTTP are sent to; 0: they are served
 * @param compression whether what applications answer is compressed under way
 * @param hsts for how long browsers shall use TLS only (RFC 6797); zero: nothing is said
 * @param errorPages the folder of pages that say that no application answers: {@code 503.html}
 */
public record ClientsConfig(
    List<Network> trustedProxies,
    boolean proxyProtocol,
    int httpsRedirect,
    Duration hsts,
    Optional<Path> errorPages,
    boolean compression,
    RequestLimits limits) {

  public static final ClientsConfig DEFAULTS = new ClientsConfig(
      List.of(), false, 0, Duration.ZERO, Optional.empty(), RequestLimits.DEFAULTS);

  public ClientsConfig {
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** Without compression. */
  public ClientsConfig(
      List<Network> trustedProxies,
      boolean proxyProtocol,
      int httpsRedirect,
      Duration hsts,
      Optional<Path> errorPages,
      RequestLimits limits) {
    this(trustedProxies, proxyProtocol, httpsRedirect, hsts, errorPages, false, limits);
  }

  /** What the default site adds to its answers. */
  public SiteAnswers answers() {
    return new SiteAnswers(Map.of(), List.of(), errorPages, httpsRedirect, hsts, compression);
  }
}
