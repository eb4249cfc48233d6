package appliance.cluster;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether this node has content of its own (files, tables): what it has founded with that is never given
 * up. Asks at most once a second, and never again once there is some. Any thread.
 */
final class Holdings {

  private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanoTime;
  private volatile BooleanSupplier content = () -> false;
  private boolean any;
  private boolean asked;
  private long askedAt;

  Holdings(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * @param content what knows; empty until the node has been put together
   */
  void of(BooleanSupplier content) {
    this.content = content;
  }

  /** As {@link #any}, asked anew: before something that only what holds nothing is good for. */
  synchronized boolean now() {
    asked = false;
    return any();
  }

  synchronized boolean any() {
    long now = nanoTime.getAsLong();
    if (!any && (!asked || now - askedAt >= ASK_NANOS)) {
      asked = true;
      askedAt = now;
      any = content.getAsBoolean();
    }
    return any;
  }
}
