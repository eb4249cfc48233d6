package appliance.edge.proxy;

import appliance.edge.http.Methods;
import appliance.edge.proxy.UpstreamProtocol.Request;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Kept connections that end as they are used: when that counts as closed before, and what is made of it, once
 * for each request. Lives on the request's I/O thread.
 */
final class Staleness {

  /** How long an application may take to close a kept connection for it to count as closed before. */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** The same for a request that does no harm twice: a machine that stands still closes late. */
  private static final long IDEMPOTENT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Request request;
  private boolean forgiven;
  private @Nullable Failure doubt;

  /**
   * @param forgiven whether one has been made up for already
   */
  Staleness(Request request, boolean forgiven) {
    this.request = request;
    this.forgiven = forgiven;
  }

  /**
   * Whether the end of a kept connection so soon means that the request was not even looked at. A relay keeps
   * an idle connection for far longer than one is used again for what must not run twice: if it is cut all the
   * same its node has died, perhaps with the request done.
   *
   * @param nanos since the connection was used
   */
  static boolean closedBefore(Request request, App app, long nanos) {
    if (idempotent(request)) {
      return nanos < IDEMPOTENT_NANOS;
    }
    return !app.relayed && nanos < NANOS;
  }

  private static boolean idempotent(Request request) {
    return Methods.idempotent(request.exchange().getRequestMethod());
  }

  /** Whether the application is to be asked once more, by a fresh connection. */
  boolean forgives(Failure failure) {
    if (forgiven || !failure.stale() || !request.body().replayable()) {
      return false;
    }
    forgiven = true;
    doubt = idempotent(request) ? null : Failure.sent(failure.kind(), failure.message());
    return true;
  }

  /**
   * What {@code failure} is to the whole request. An application that nobody can reach just after it ended a
   * kept connection may have died of what was sent by that: another one is not to try it, if it must not run
   * twice.
   */
  Failure with(Failure failure) {
    return doubt == null || failure.reached() ? failure : doubt;
  }
}
