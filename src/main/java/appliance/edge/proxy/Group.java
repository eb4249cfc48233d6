package appliance.edge.proxy;

import appliance.edge.balance.Balancer;
import appliance.edge.balance.Candidates;
import appliance.edge.exchange.Origin;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;

/**
 * Shares requests for this node's application of one site out among the several that it has of it. Each
 * attempt takes {@code protocol}'s whole way, with the fence in it: no write gets past that.
 *
 * @param ready those that may get one
 * @param protocol reaches any of them
 * @param blame learns of those that fail
 * @param retries of this group alone
 */
public record Group(
    Ready ready,
    Balancer balancer,
    UpstreamProtocol protocol,
    Forwarder.Blame blame,
    Retries retries)
    implements UpstreamProtocol {

  /** Who may get a request; any thread. */
  public interface Ready {

    Candidates candidates();

    /** Why there are none, if so. */
    String whyNone();
  }

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    if (request.origin() == Origin.OTHER_EDGE) {
      ToldOrigin.take(request.exchange()); // for balancing by client, and for the cookies
    }
    new GroupAttempt(this, request, app, fresh, outcome).begin();
  }

  Failure none() {
    return Failure.unsent(Failure.Kind.CONNECT, ready.whyNone());
  }
}
