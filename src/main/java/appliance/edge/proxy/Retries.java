package appliance.edge.proxy;

import appliance.edge.balance.RetryBudget;
import appliance.edge.http.Methods;
import appliance.edge.proxy.UpstreamProtocol.Request;
import appliance.edge.stats.EdgeStats;
import appliance.edge.upstream.Failure;

/** Which failed requests may go to another application, and how many of them. Any thread. */
public record Retries(RetryBudget budget, EdgeStats stats) {

  /**
   * A request that no application has seen costs none of them anything; another goes twice only if
   * that does no harm, and within the budget. One that timed out would only time out again.
   */
  boolean allow(Request request, Failure failure) {
    if (!request.body().replayable()) {
      return false;
    }
    if (!failure.reached()) {
      return true;
    }
    if (failure.kind() == Failure.Kind.FIRST_BYTE
        || failure.kind() == Failure.Kind.TOTAL
        || !Methods.idempotent(request.exchange().getRequestMethod())) {
      return false;
    }
    boolean within = budget.take();
    if (!within) {
      stats.retriesDenied.increment();
    }
    return within;
  }
}
