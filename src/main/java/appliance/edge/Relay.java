package appliance.edge;

import appliance.model.ClusterView;
import appliance.model.HostPort;
import appliance.model.Member;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * Lets the edges of other members reach this node's application on loopback. Serves the addresses of
 * known members only.
 */
final class Relay implements HttpHandler {

  private final HttpHandler next;
  private volatile Set<InetAddress> members = Set.of();

  Relay(HttpHandler next) {
    this.next = next;
  }

  /** Resolves names, and so may block. */
  void members(ClusterView view) {
    Set<InetAddress> addresses = new HashSet<>();
    for (Member member : view.members()) {
      add(addresses, member.endpoints().cluster());
      add(addresses, member.endpoints().peer());
    }
    members = Set.copyOf(addresses);
  }

  private static void add(Set<InetAddress> addresses, HostPort endpoint) {
    InetAddress address = endpoint.socketAddress().getAddress();
    if (address != null) {
      addresses.add(address);
    }
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    InetSocketAddress source = exchange.getSourceAddress();
    if (source.getAddress() != null && members.contains(source.getAddress())) {
      next.handleRequest(exchange);
    } else {
      exchange.setStatusCode(StatusCodes.FORBIDDEN);
      exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
      exchange.endExchange();
    }
  }
}
