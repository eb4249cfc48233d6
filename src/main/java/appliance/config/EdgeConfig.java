package appliance.config;

import appliance.model.HostPort;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
 */
public record EdgeConfig(
    HostPort http,
    Optional<HttpsConfig> https,
    Optional<Path> site,
    Optional<URI> app,
    List<String> adminHosts,
    TrafficConfig traffic,
    ClientsConfig clients) {

  public EdgeConfig {
    adminHosts = List.copyOf(adminHosts);
  }
}
