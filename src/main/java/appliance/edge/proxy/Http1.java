package appliance.edge.proxy;

import appliance.edge.http.Methods;
import appliance.edge.upstream.App;
import java.util.concurrent.TimeUnit;

/** HTTP/1.1 to an application, over the kept connections of the request's I/O thread. */
public final class Http1 implements UpstreamProtocol {

  /**
   * A request that must not run twice takes no connection that lay idle for longer: applications close
   * idle connections after seconds, and a close that crosses the request would leave its fate unknown.
   */
  private static final long IDLE_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    boolean safeTwice = Methods.idempotent(request.exchange().getRequestMethod());
    long maxIdle = fresh ? 0 : safeTwice ? Long.MAX_VALUE : IDLE_MAX_NANOS;
    new ConnectionWait(request, app, outcome).begin(maxIdle);
  }
}
