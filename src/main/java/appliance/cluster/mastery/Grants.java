package appliance.cluster.mastery;

import appliance.model.Epoch;
import java.util.function.LongSupplier;

/**
 * When this node last took into its log what lets some node acknowledge writes for a while: a renewal, or
 * an attendance. Each was sent before it came here, so whatever it gives has ended one lease length after
 * that, by any clock that runs as fast. The log's thread tells, any thread may ask.
 */
final class Grants {

  private final LongSupplier nanoTime;
  private Epoch newest = Epoch.NONE;
  private long inNewest;
  private long earlier;
  private volatile long renewed;

  /** What the log holds by now counts as if it had come just now. */
  Grants(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    inNewest = nanoTime.getAsLong();
    earlier = inNewest;
    renewed = inNewest;
  }

  /** The master, whoever it is, has renewed its right to write. */
  void renewal() {
    renewed = nanoTime.getAsLong();
  }

  /** When it last did. */
  long lastRenewal() {
    return renewed;
  }

  /** What is in the log now came at a time that nobody knows. */
  synchronized void replaced() {
    inNewest = nanoTime.getAsLong();
    earlier = inNewest;
  }

  synchronized void came(Epoch epoch) {
    long now = nanoTime.getAsLong();
    int order = epoch.compareTo(newest);
    if (order > 0) {
      newest = epoch;
      earlier = later(earlier, inNewest);
    } else if (order < 0) {
      earlier = now; // it is refused if it is agreed on, but that is not for the log to say
      return;
    }
    inNewest = now;
  }

  /** When the last one of an epoch before {@code epoch} came, as {@link System#nanoTime} counts. */
  synchronized long lastBefore(Epoch epoch) {
    return newest.compareTo(epoch) < 0 ? later(earlier, inNewest) : earlier;
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }
}
