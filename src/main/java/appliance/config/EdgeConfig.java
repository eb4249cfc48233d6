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
 * @param apps this node's applications for the default site, {@link #APPS_MAX} at most, none twice: {@code
 *     http://host:port}, or {@code fastcgi://host:port} and {@code fastcgi+unix:/path}, which need a site
 * @param adminHosts hosts whose requests go to the master's application only; one that ends in a dot
 *     stands for every host that begins with it
 * @param traffic how requests are shared out among the applications
 * @param clients what is believed of clients, and granted them
 * @param standard the rules of the default site
 * @param sites those that are told by their hosts; all other requests are for the default site, which
 *     is what {@code site}, {@code apps} and {@code adminHosts} make
 */
public record EdgeConfig(
    HostPort http,
    Optional<HttpsConfig> https,
    Optional<Path> site,
    List<URI> apps,
    List<String> adminHosts,
    TrafficConfig traffic,
    ClientsConfig clients,
    DefaultSite standard,
    List<SiteConfig> sites) {

  /** As many as a node may have for one site. */
  public static final int APPS_MAX = 16;

  public EdgeConfig {
    apps = List.copyOf(apps);
    adminHosts = List.copyOf(adminHosts);
    sites = List.copyOf(sites);
  }

  /** With the default site alone, and one application at most. */
  public EdgeConfig(
      HostPort http,
      Optional<HttpsConfig> https,
      Optional<Path> site,
      Optional<URI> app,
      List<String> adminHosts,
      TrafficConfig traffic,
      ClientsConfig clients) {
    this(http, https, site, app.stream().toList(), adminHosts, traffic, clients, List.of());
  }

  /** With no rules of the default site's but what its settings say. */
  public EdgeConfig(
      HostPort http,
      Optional<HttpsConfig> https,
      Optional<Path> site,
      List<URI> apps,
      List<String> adminHosts,
      TrafficConfig traffic,
      ClientsConfig clients,
      List<SiteConfig> sites) {
    this(
        http,
        https,
        site,
        apps,
        adminHosts,
        traffic,
        clients,
        new DefaultSite(
            SitePaths.DEFAULTS, clients.answers(), DefaultSite.DEFAULTS.frontController()),
        sites);
  }

  /** The same with these sites. */
  public EdgeConfig with(List<SiteConfig> others) {
    return new EdgeConfig(http, https, site, apps, adminHosts, traffic, clients, standard, others);
  }

  /** The same with these rules of the default site. */
  public EdgeConfig with(DefaultSite rules) {
    return new EdgeConfig(http, https, site, apps, adminHosts, traffic, clients, rules, sites);
  }

  /** The document roots of all sites. */
  public List<Path> roots() {
    return Stream.concat(site.stream(), sites.stream().flatMap(other -> other.root().stream()))
        .toList();
  }
}
