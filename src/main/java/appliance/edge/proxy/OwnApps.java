package appliance.edge.proxy;

import appliance.edge.balance.AppChoice;
import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.util.Map;
import java.util.function.Function;

/**
 * On a relay: the application of this node that another node's edge asks for, by the name of its site in
 * the header {@code Appliance-Site}; without one that of the default site.
 */
public record OwnApps(Map<String, AppChoice> bySite)
    implements Function<HttpServerExchange, AppChoice> {

  /** From node to node only; a client's is dropped, and no application sees it. */
  public static final HttpString SITE = new HttpString("Appliance-Site");

  public OwnApps {
    bySite = Map.copyOf(bySite);
  }

  /** Names the site for the relay of {@code app}, if that is where the request goes. */
  static void name(HeaderMap headers, App app) {
    headers.remove(SITE);
    if (app.relayed && !app.site.isEmpty()) {
      headers.put(SITE, app.site);
    }
  }

  @Override
  public AppChoice apply(HttpServerExchange exchange) {
    String named = exchange.getRequestHeaders().getFirst(SITE);
    String site = named == null ? "" : named;
    AppChoice own = bySite.get(site);
    return own == null ? new AppChoice.Nobody("this node has no application for it") : own;
  }
}
