package appliance.runtime;

import java.time.Duration;

/**
 * For how long the sender of a body is still waited for: a time that begins anew with each 8 KiB of it, so
 * that no drip keeps a request going. Used by one thread at a time.
 */
public final class Patience {

  /** Of a body, for which the sender's time begins anew. */
  private static final int PROGRESS_BYTES = 8 * 1024;

  private final long nanosMax;
  private long nanos;
  private long awaitedSince = -1;
  private int progress;

  /**
   * @param time for each 8 KiB; only what is waited for the sender counts
   */
  public Patience(Duration time) {
    nanosMax = time.toNanos();
    nanos = nanosMax;
  }

  /** Learns of {@code bytes} that have come. */
  public void came(int bytes) {
    progress += Math.max(bytes, 0);
    if (progress >= PROGRESS_BYTES) {
      progress = 0;
      nanos = nanosMax;
    }
  }

  /** Begins to wait; for how long at most, in nanoseconds. */
  public long await() {
    awaitedSince = System.nanoTime();
    return Math.max(0, nanos);
  }

  /**
   * The wait, if there was one, is over. A long one takes all patience but a last bit: this node may have
   * slept through it.
   */
  public void waited() {
    if (awaitedSince >= 0) {
      long waited = System.nanoTime() - awaitedSince;
      nanos -= nanos > 1 ? Math.min(waited, nanos - 1) : waited;
      awaitedSince = -1;
    }
  }
}
