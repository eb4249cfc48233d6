package appliance.edge.proxy;

import appliance.edge.exchange.Origin;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** On a relay: where the request came from, by the word of the edge that the client met. */
final class ToldOrigin {

  private static final HttpString FOR = new HttpString("X-Forwarded-For");
  private static final HttpString PROTO = new HttpString("X-Forwarded-Proto");
  private static final HttpString PORT = new HttpString("X-Forwarded-Port");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]{2,45}");

  private ToldOrigin() {}

  /** That edge is a member, and so is believed. */
  static void take(HttpServerExchange exchange) {
    String client = exchange.getRequestHeaders().getFirst(FOR);
    if (client != null && ADDRESS.matcher(client).matches()) {
      try {
        exchange.setSourceAddress(new InetSocketAddress(InetAddress.getByName(client), 0));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address is not looked up", e);
      }
    }
    String port = exchange.getRequestHeaders().getFirst(PORT);
    if (port != null && NUMBER.matcher(port).matches()) {
      exchange.putAttachment(Origin.PORT_TOLD, port);
    }
    String scheme = exchange.getRequestHeaders().getFirst(PROTO);
    if ("http".equals(scheme) || "https".equals(scheme)) {
      // The relay's own is no answer: it speaks TLS, whatever the client speaks.
      exchange.setRequestScheme(scheme);
    }
  }
}
