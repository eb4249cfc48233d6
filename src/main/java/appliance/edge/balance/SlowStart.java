package appliance.edge.balance;

import appliance.edge.upstream.App;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Lets the share of an application that has come back grow evenly to its full size: its caches are
 * cold, and all others' requests at once would send it down again.
 *
 * @param time till it has its full share
 * @param nanos the monotonic clock
 */
public record SlowStart(Duration time, LongSupplier nanos) {

  /** What it gets from the first moment on. */
  private static final double LEAST = 0.05;

  /** Marks {@code app} as just come back. */
  public void returned(App app) {
    app.warming.set(!time.isZero());
    app.returnedAt(nanos.getAsLong());
  }

  /** The part of its full share that {@code app} may have now: above 0, and 1 in the end. */
  double share(App app) {
    if (!app.warming.get()) {
      return 1;
    }
    double grown = (nanos.getAsLong() - app.returnedAt()) / (double) time.toNanos();
    if (grown >= 1) {
      app.warming.set(false);
    }
    return Math.min(1, Math.max(LEAST, grown));
  }

  /** Whether {@code app} takes this turn: true in as many cases of all as its share is. */
  boolean admits(App app) {
    double share = share(app);
    return share >= 1 || app.credit(share);
  }
}
