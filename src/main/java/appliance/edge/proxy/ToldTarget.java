package appliance.edge.proxy;

import appliance.edge.exchange.Origin;
import appliance.edge.http.OriginalTarget;
import appliance.edge.http.RelayHeaders;
import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lets the node that has the application know what the client asked for, where a rewrite has changed that. */
final class ToldTarget {

  private static final Pattern TOLD = Pattern.compile("([0-9]{1,6}) (/[!-~]*)");

  private ToldTarget() {}

  /** Takes it from another edge, which is believed; or tells it, if {@code app} is another node's. */
  static void pass(HttpServerExchange exchange, Origin origin, App app) {
    String told = exchange.getRequestHeaders().getFirst(RelayHeaders.TARGET);
    if (told != null) {
      exchange.getRequestHeaders().remove(RelayHeaders.TARGET);
      if (origin == Origin.OTHER_EDGE) {
        take(exchange, told);
      }
    }
    OriginalTarget asked = exchange.getAttachment(OriginalTarget.KEY);
    if (asked != null && app.relayed) {
      exchange
          .getRequestHeaders()
          .put(RelayHeaders.TARGET, asked.query().length() + " " + asked.path());
    }
  }

  private static void take(HttpServerExchange exchange, String told) {
    Matcher parts = TOLD.matcher(told);
    if (parts.matches()) {
      String query = exchange.getQueryString();
      int own = Math.min(query.length(), Integer.parseInt(parts.group(1)));
      exchange.putAttachment(
          OriginalTarget.KEY,
          new OriginalTarget(parts.group(2), query.substring(query.length() - own)));
    }
  }
}
