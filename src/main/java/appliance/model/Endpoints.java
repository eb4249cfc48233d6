package appliance.model;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a node can be reached, as it tells the others when it joins.
 *
 * @param cluster where JGroups listens
 * @param peer where calls from node to node are answered
 * @param relay where other nodes' edges reach this node's application, should it listen on loopback
 * @param http where the public is served
 * @param app this node's application for the default site, if it has one; several as {@link #together}
 * @param weight its share of the requests, against the other nodes' weights: 1 to 100
 * @param sites this node's applications for other sites, in the same form, by the site's name
 */
public record Endpoints(
    HostPort cluster,
    HostPort peer,
    HostPort relay,
    HostPort http,
    Optional<URI> app,
    int weight,
    Map<String, URI> sites) {

  /** Names the default site, which has no name. */
  public static final String DEFAULT_SITE = "";

  /** Of a node's application for one site, or of its several {@link #together}, as UTF-8. */
  public static final int APP_BYTES_MAX = 2048;

  private static final String SEVERAL = "several:";

  public Endpoints {
    sites = Map.copyOf(sites);
  }

  /** Of a node without other sites. */
  public Endpoints(
      HostPort cluster,
      HostPort peer,
      HostPort relay,
      HostPort http,
      Optional<URI> app,
      int weight) {
    this(cluster, peer, relay, http, app, weight, Map.of());
  }

  /** Of an application with a share like any other. */
  public Endpoints(
      HostPort cluster, HostPort peer, HostPort relay, HostPort http, Optional<URI> app) {
    this(cluster, peer, relay, http, app, 1);
  }

  /** The same with these applications for other sites. */
  public Endpoints with(Map<String, URI> others) {
    return new Endpoints(cluster, peer, relay, http, app, weight, others);
  }

  /**
   * The applications of one node for one site, as the others know them: a single one as it is, several as
   * {@code several:URL,URL}. What has not the scheme http is reached by the node's relay.
   */
  public static Optional<URI> together(List<URI> applications) {
    if (applications.size() < 2) {
      return applications.stream().findFirst();
    }
    return Optional.of(URI.create(
        SEVERAL + applications.stream().map(URI::toString).collect(Collectors.joining(","))));
  }

  /** For people: one after the other. */
  public static String shown(URI application) {
    String text = application.toString();
    return text.startsWith(SEVERAL) ? text.substring(SEVERAL.length()) : text;
  }

  /** Whether this node has an application, for whichever site. */
  public boolean hasApp() {
    return app.isPresent() || !sites.isEmpty();
  }

  /** This node's application for a site. */
  public Optional<URI> app(String site) {
    return site.equals(DEFAULT_SITE) ? app : Optional.ofNullable(sites.get(site));
  }
}
