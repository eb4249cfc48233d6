package appliance.config;

import appliance.model.HostPort;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The public side of a node.
 *
 * @param http where the public is served
 * @param https where it is served over TLS, if it is
 * @param site the document root, if this node serves files itself
 * @param app this node's application, if it has one: {@code http://host:port}, {@code
 *     fastcgi://host:port} or {@code fastcgi+unix:/path}; the latter two need a site
 * @param adminHosts hosts whose requests go to the master's application only; one that ends in a dot
 *     stands for every host that begins with it
 * @param traffic how requests are shared out among the applications
 * @param clients what is believed of clients, and granted them
 * @param sites those that are told by their hosts; all other requests are for the default site, which
 *     is what {@code site}, {@code app} and {@code adminHosts} make
 */
public record EdgeConfig(
    HostPort http,
    Optional<HttpsConfig> https,
    Optional<Path> site,
    Optional<URI> app,
    List<String> adminHosts,
    TrafficConfig traffic,
    ClientsConfig clients,
    List<SiteConfig> sites) {

  public EdgeConfig {
    adminHosts = List.copyOf(adminHosts);
    sites = List.copyOf(sites);
  }

  /** With the default site alone. */
  public EdgeConfig(
      HostPort http,
      Optional<HttpsConfig> https,
      Optional<Path> site,
      Optional<URI> app,
      List<String> adminHosts,
      TrafficConfig traffic,
      ClientsConfig clients) {
    this(http, https, site, app, adminHosts, traffic, clients, List.of());
  }

  /** The same with these sites. */
  public EdgeConfig with(List<SiteConfig> others) {
    return new EdgeConfig(http, https, site, app, adminHosts, traffic, clients, others);
  }

  /** The document roots of all sites. */
  public List<Path> roots() {
    return Stream.concat(site.stream(), sites.stream().flatMap(other -> other.root().stream()))
        .toList();
  }
}
