package appliance.edge.site;

import appliance.edge.exchange.RequestTraces;
import appliance.edge.http.HostHeader;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Hands each request to its site by its Host; what is no site's goes to the default one. Also names the
 * site for metrics and log: only what is configured has a name there.
 */
public final class Sites implements HttpHandler {

  private final Hosts hosts;
  private final Map<String, HttpHandler> byName;
  private final HttpHandler other;

  /**
   * @param byName what answers for each site that {@code hosts} names
   * @param other what answers for the default site
   */
  public Sites(Hosts hosts, Map<String, HttpHandler> byName, HttpHandler other) {
    this.hosts = hosts;
    this.byName = Map.copyOf(byName);
    this.other = other;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    String site = hosts.site(HostHeader.of(exchange));
    HttpHandler answers = site == null ? other : byName.get(site);
    if (answers == null) {
      throw new IllegalStateException("nothing answers for site " + site);
    }
    answers.handleRequest(exchange);
  }

  /** The names of sites as metrics and log have them. */
  public record Names(Hosts hosts, Router other, List<String> configured) {

    /** All that {@link #of} gives. */
    public List<String> all() {
      List<String> all = new ArrayList<>(List.of(Router.ADMIN, RequestTraces.OTHER));
      all.addAll(configured);
      return all;
    }

    /** The site's name; any thread. */
    public String of(HttpServerExchange exchange) {
      String host = HostHeader.of(exchange);
      String site = hosts.site(host);
      return site != null ? site : other.admin(host) ? Router.ADMIN : RequestTraces.OTHER;
    }
  }
}
