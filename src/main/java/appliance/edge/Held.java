package appliance.edge;

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
final class Held {

  private static final int REQUESTS_MAX = 512;
  static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  /** Someone who waits. */
  @FunctionalInterface
  interface Waiter {

    /** The rotation has changed: try again, or wait on. */
    void again();
  }

  private final Set<Waiter> waiters = new LinkedHashSet<>();
  private final LongAdder count;

  /**
   * @param count of all that wait, on all threads
   */
  Held(LongAdder count) {
    this.count = count;
  }

  /** Returns false if too many wait already. */
  boolean hold(Waiter waiter) {
    if (waiters.size() >= REQUESTS_MAX) {
      return false;
    }
    if (waiters.add(waiter)) {
      count.increment();
    }
    return true;
  }

  boolean holds(Waiter waiter) {
    return waiters.contains(waiter);
  }

  void leave(Waiter waiter) {
    if (waiters.remove(waiter)) {
      count.decrement();
    }
  }

  void wake() {
    List<Waiter> all = new ArrayList<>(waiters);
    all.forEach(waiter -> {
      leave(waiter);
      waiter.again();
    });
  }
}
