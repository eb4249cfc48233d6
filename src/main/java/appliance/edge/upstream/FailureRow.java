package appliance.edge.upstream;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What has gone wrong again and again at one application: whatever goes right in the same way ends the row, and so
 * does a minute in which nothing more goes wrong. Any thread.
 */
public final class FailureRow {

  private static final long PAUSE_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

  private final AtomicInteger length = new AtomicInteger();
  private long lastAt;

  /**
   * One more.
   *
   * @param now by the monotonic clock
   * @return how many that makes
   */
  public synchronized int add(long now) {
    if (now - lastAt > PAUSE_NANOS_MAX) {
      end();
    }
    lastAt = now;
    return length.incrementAndGet();
  }

  /**
   * The same if it began, at {@code begun}, after the last one went wrong; else it is a part of that.
   *
   * @return 0 if it is
   */
  public synchronized int addNew(long begun, long now) {
    return length.get() == 0 || begun - lastAt > 0 ? add(now) : 0;
  }

  public void end() {
    if (length.get() != 0) {
      length.set(0);
    }
  }
}
