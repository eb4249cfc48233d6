package appliance.edge.client;

import appliance.config.ClientQuota;
import appliance.edge.io.Opener;
import appliance.edge.upstream.IoThreadContexts;
import appliance.status.Section;
import io.undertow.server.HttpHandler;
import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;

/** What one client may have; nothing is counted where nothing is limited. */
public final class Quotas {

  private final Optional<RequestRate> rate;
  private final Optional<ConnectionQuota> connections;

  /**
   * @param proxies who comes for many clients, and so has as many connections as it likes
   */
  public Quotas(ClientQuota quota, Predicate<InetAddress> proxies) {
    rate = quota.requests() > 0 ? Optional.of(new RequestRate(quota)) : Optional.empty();
    connections = quota.connections() > 0
        ? Optional.of(new ConnectionQuota(quota.connections(), proxies))
        : Optional.empty();
  }

  /** Whether every request has to be looked at. */
  public boolean limitsRequests() {
    return rate.isPresent();
  }

  /**
   * Counts requests whose client is known by now.
   */
  public HttpHandler requests(IoThreadContexts contexts, HttpHandler next) {
    return rate.<HttpHandler>map(limited -> new RequestQuota(limited, contexts, next))
        .orElse(next);
  }

  /**
   * @param plain whether the port speaks HTTP without TLS
   */
  public Opener connections(Opener next, boolean plain) {
    return connections.map(limited -> limited.before(next, plain)).orElse(next);
  }

  /** Forgets clients of which nothing is counted any more; to be called now and then. */
  public void sweep() {
    rate.ifPresent(limited -> limited.sweep(System.nanoTime()));
    connections.ifPresent(ConnectionQuota::sweep);
  }

  /** What was refused, for the operator. */
  public void tell(Section.Builder section) {
    rate.ifPresent(limited -> section
        .counter("requestsOverQuota", limited.refused.sum())
        .counter("requestsUncounted", limited.uncounted.sum())
        .gauge("clientsCounted", limited.clients()));
    connections.ifPresent(
        limited -> section.counter("connectionsOverQuota", limited.refused.sum()));
  }
}
