package appliance.edge.proxy;

import appliance.edge.upstream.App;
import org.jspecify.annotations.Nullable;

/**
 * The application that a request is at now, which counts it as under way meanwhile: one at a time. Lives on
 * the request's I/O thread.
 */
final class Asked {

  private @Nullable App app;
  private long sinceNanos;

  /** An attempt at {@code next} begins, now. */
  void begin(App next) {
    app = next;
    sinceNanos = System.nanoTime();
    next.active.incrementAndGet();
    next.requests.increment();
  }

  /** It is over; nothing happens if it was already. */
  void end() {
    if (app != null) {
      app.active.decrementAndGet();
      app = null;
    }
  }

  /** Whether no attempt is under way. */
  boolean nobody() {
    return app == null;
  }

  /** When the last attempt began, by {@link System#nanoTime}. */
  long sinceNanos() {
    return sinceNanos;
  }
}
