package appliance.edge.proxy;

import appliance.edge.upstream.RelayTls;
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
import java.util.Optional;
import java.util.Set;

/**
 * Lets the edges of other members reach this node's application on loopback. Serves members only.
 */
public final class Relay implements HttpHandler {

  private final HttpHandler next;
  private final Optional<RelayTls> tls;
  private volatile Set<InetAddress> members = Set.of();

  /**
   * @param tls tells members by their keys; without it their addresses have to do, and names are none
   */
  public Relay(HttpHandler next, Optional<RelayTls> tls) {
    this.next = next;
    this.tls = tls;
  }

  /** Never blocks: asks no name server. */
  public void members(ClusterView view) {
    Set<InetAddress> addresses = new HashSet<>();
    for (Member member : view.members()) {
      add(addresses, member.endpoints().cluster());
      add(addresses, member.endpoints().peer());
    }
    members = Set.copyOf(addresses);
  }

  private static void add(Set<InetAddress> addresses, HostPort endpoint) {
    InetAddress address = endpoint.asWritten().getAddress();
    if (address != null) {
      addresses.add(address);
    }
  }

  private boolean hasMembersAddress(HttpServerExchange exchange) {
    InetSocketAddress source = exchange.getSourceAddress();
    return source.getAddress() != null && members.contains(source.getAddress());
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (tls.map(t -> t.isMember(exchange)).orElseGet(() -> hasMembersAddress(exchange))) {
      next.handleRequest(exchange);
    } else {
      exchange.setStatusCode(StatusCodes.FORBIDDEN);
      exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
      exchange.endExchange();
    }
  }
}
