package appliance.fastcgi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pools of all I/O threads, and of all sites that use the same php, together below one number of
 * connections, and lets none of them wait much longer than the others. Any thread.
 */
final class ConnectionBudget {

  /** A connection moves to another thread, at the price of a new one, for no smaller unfairness. */
  private static final long UNFAIR_NANOS = 20_000_000;

  /** The same for one that has as many connections: its thread may only be slow for a moment. */
  private static final long UNFAIR_AMONG_EQUALS_NANOS = 500_000_000;

  /** Without an end of any request for longer, php may hang. */
  static final long BUSY_NANOS_MAX = Duration.ofSeconds(10).toNanos();

  private final int connectionsMax;
  private final AtomicInteger free;
  private final AtomicInteger queued = new AtomicInteger();
  private final int queueMax;
  private final List<ConnectionPool> pools = new CopyOnWriteArrayList<>();
  private volatile long progressAt = System.nanoTime() - BUSY_NANOS_MAX;

  ConnectionBudget(int connectionsMax, int queueMax) {
    this.connectionsMax = connectionsMax;
    free = new AtomicInteger(connectionsMax);
    this.queueMax = queueMax;
  }

  void join(ConnectionPool pool) {
    pools.add(pool);
  }

  /** Takes the right to one connection, if there is one left. */
  boolean take() {
    return free.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
  }

  /**
   * Gives the right to one connection to who has waited longest. It is handed over, not put down, lest
   * another thread takes it meanwhile.
   */
  void give() {
    ConnectionPool longest = longest();
    if (longest != null) {
      longest.execute(longest::granted);
      return;
    }
    putBack();
    ConnectionPool late = longest();
    if (late != null) {
      late.execute(late::grow);
    }
  }

  /** Leaves the right to one connection to whoever takes it. */
  void putBack() {
    free.incrementAndGet();
  }

  private @Nullable ConnectionPool longest() {
    ConnectionPool longest = null;
    for (ConnectionPool pool : pools) {
      if (pool.waits() && (longest == null || pool.oldest() - longest.oldest() < 0)) {
        longest = pool;
      }
    }
    return longest;
  }

  /** A child of php is free for the next request. */
  void progress(long now) {
    progressAt = now;
  }

  /**
   * Whether all connections are in use, and a child has become free not long ago.
   *
   * @param checks how many of them are for checks: these alone do not keep each other from their answers
   */
  boolean busy(int checks, long now) {
    return free.get() <= 0
        && checks < connectionsMax
        && now - progressAt < BUSY_NANOS_MAX
        && pools.stream().noneMatch(ConnectionPool::hasIdle);
  }

  boolean enterQueue() {
    if (queued.incrementAndGet() > queueMax) {
      queued.decrementAndGet();
      return false;
    }
    return true;
  }

  /** For a call that had left it; it is not turned away now. */
  void enterQueueAgain() {
    queued.incrementAndGet();
  }

  void leaveQueue() {
    queued.decrementAndGet();
  }

  int queued() {
    return queued.get();
  }

  /** Whether {@code pool} should give a free connection to another one, which needs it more. */
  boolean isUnfair(ConnectionPool pool, long now) {
    boolean waits = pool.waits();
    long own = waits ? pool.oldest() : now;
    for (ConnectionPool other : pools) {
      long longer = other == pool || !other.waits() ? 0 : own - other.oldest();
      boolean poorer = !waits || other.size() < pool.size();
      if (longer > (poorer ? UNFAIR_NANOS : UNFAIR_AMONG_EQUALS_NANOS)) {
        return true;
      }
    }
    return false;
  }

  /** Asks a pool with an idle connection to give it up in favour of {@code asking}. */
  void ask(ConnectionPool asking) {
    for (ConnectionPool other : pools) {
      if (other != asking && other.hasIdle()) {
        other.execute(other::giveIdle);
        return;
      }
    }
  }
}
