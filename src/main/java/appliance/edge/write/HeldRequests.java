package appliance.edge.write;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Requests of one I/O thread that wait for a master. Their bodies stay unread, in the sockets, so that
 * each costs one buffer at most: the count bounds the bytes.
 */
public final class HeldRequests {

  private static final int REQUESTS_MAX = 512;

  /** How long a request waits at most. */
  public static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  /** Someone who waits. */
  @FunctionalInterface
  public interface Waiter {

    /** The rotation has changed: try again, or wait on. */
    void again();
  }

  private final Set<Waiter> waiters = new LinkedHashSet<>();
  private final LongAdder count;

  /**
   * @param count of all that wait, on all threads
   */
  public HeldRequests(LongAdder count) {
    this.count = count;
  }

  /** Returns false if too many wait already. */
  public boolean hold(Waiter waiter) {
    if (waiters.size() >= REQUESTS_MAX) {
      return false;
    }
    if (waiters.add(waiter)) {
      count.increment();
    }
    return true;
  }

  /** Whether {@code waiter} waits now. */
  public boolean holds(Waiter waiter) {
    return waiters.contains(waiter);
  }

  /** Takes {@code waiter} out, if it waits. */
  public void leave(Waiter waiter) {
    if (!waiters.isEmpty() && waiters.remove(waiter)) {
      count.decrement();
    }
  }

  /** Has all look again whether there is a master. */
  public void wake() {
    List<Waiter> all = new ArrayList<>(waiters);
    all.forEach(waiter -> {
      leave(waiter);
      waiter.again();
    });
  }
}
