package appliance.edge.proxy;

import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.ClientWatch;
import appliance.edge.proxy.UpstreamProtocol.Outcome;
import appliance.edge.proxy.UpstreamProtocol.Request;
import appliance.edge.upstream.App;
import appliance.edge.upstream.ConnectionPool;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.HttpConnection;

/** A request until it has a connection to its application, which has not seen any of it. */
final class ConnectionWait implements ConnectionPool.Taker, ClientWatch.Waiting {

  private final Request request;
  private final App app;
  private final Outcome outcome;
  private final ConnectionPool pool;
  private boolean over;

  ConnectionWait(Request request, App app, Outcome outcome) {
    this.request = request;
    this.app = app;
    this.outcome = outcome;
    pool = request.context().pool(app);
  }

  /**
   * @param maxIdleNanos a kept connection unused for longer than this will not do
   */
  void begin(long maxIdleNanos) {
    pool.take(this, maxIdleNanos);
    if (!over) {
      request.client().giveUpBy(this);
    }
  }

  @Override
  public void connected(HttpConnection to) {
    if (over || request.client().over()) {
      over = true;
      to.release(); // for whoever waits, or comes next
      return;
    }
    over = true;
    outcome.connected(app);
    new Http1Attempt(request, app, outcome).begin(to);
  }

  @Override
  public void refused(Failure failure) {
    if (!over) {
      over = true;
      outcome.failed(app, failure);
    }
  }

  @Override
  public boolean clientGone() {
    if (over) {
      return false;
    }
    over = true;
    pool.leave(this);
    outcome.clientFailed(ClientFailure.gone());
    return true;
  }
}
