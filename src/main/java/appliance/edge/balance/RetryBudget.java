package appliance.edge.balance;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many requests may be sent to an application a second time: a fifth of all requests, and three a
 * second at least. Keeps a failing application from being asked ever more.
 */
public final class RetryBudget {

  /** Counted in fifths: a request earns one, a retry costs five. */
  private static final int COST = 5;

  private static final int EARNED_PER_SECOND = 3 * COST;
  private static final int IDLE_MAX = 10 * EARNED_PER_SECOND;
  private static final int BUSY_MAX = 1000 * COST;

  private final LongSupplier nanos;
  private final AtomicLong balance = new AtomicLong(IDLE_MAX);
  private final AtomicLong earnedUntil;

  /**
   * @param nanos the monotonic clock
   */
  public RetryBudget(LongSupplier nanos) {
    this.nanos = nanos;
    earnedUntil = new AtomicLong(nanos.getAsLong());
  }

  /** Counts a request of a client, which earns a fifth of a retry. */
  public void request() {
    if (balance.get() < BUSY_MAX) {
      balance.incrementAndGet();
    }
  }

  /** Whether one more retry is within the budget, which it then has used. */
  public boolean take() {
    earn();
    while (true) {
      long left = balance.get();
      if (left < COST) {
        return false;
      }
      if (balance.compareAndSet(left, left - COST)) {
        return true;
      }
    }
  }

  private void earn() {
    long from = earnedUntil.get();
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - from);
    if (seconds > 0 && earnedUntil.compareAndSet(from, from + TimeUnit.SECONDS.toNanos(seconds))) {
      long earned = Math.min(seconds * EARNED_PER_SECOND, IDLE_MAX);
      balance.updateAndGet(left -> left >= IDLE_MAX ? left : Math.min(left + earned, IDLE_MAX));
    }
  }
}
