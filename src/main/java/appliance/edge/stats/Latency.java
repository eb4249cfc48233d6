package appliance.edge.stats;

import java.util.concurrent.TimeUnit;

/**
 * How long an application took for its first byte of late: a mean that forgets within seconds. Without
 * new answers it sinks, so that a slow one is tried again. Written by all I/O threads; one that is lost
 * in a race is no loss.
 */
public final class Latency {

  private static final double MEMORY_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Below, differences are noise. */
  private static final double LEAST_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private volatile Mean mean = new Mean(0, 0);

  private record Mean(double nanos, long at) {

    double keeps(long now) {
      return Math.exp(-Math.max(0, now - at) / MEMORY_NANOS);
    }
  }

  /** Takes in one first byte, {@code nanos} after its request; {@code now} is of the monotonic clock. */
  public void add(long nanos, long now) {
    Mean old = mean;
    double sunk = old.nanos * old.keeps(now);
    double keeps = old.nanos == 0 ? 0 : Math.min(old.keeps(now), 1 - 1.0 / 64);
    mean = new Mean(sunk * keeps + nanos * (1 - keeps), now);
  }

  /** The mean at {@code now} of the monotonic clock. */
  public double nanos(long now) {
    Mean current = mean;
    return Math.max(LEAST_NANOS, current.nanos * current.keeps(now));
  }
}
