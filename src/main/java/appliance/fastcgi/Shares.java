package appliance.fastcgi;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the pools of all I/O threads together below one number of connections, and lets none of them
 * wait much longer than the others. Any thread.
 */
final class Shares {

  /** A connection moves to another thread, at the price of a new one, for no smaller unfairness. */
  private static final long UNFAIR_NANOS = 20_000_000;

  /** The same for one that has as many connections: its thread may only be slow for a moment. */
  private static final long UNFAIR_AMONG_EQUALS_NANOS = 500_000_000;

  private final AtomicInteger free;
  private final AtomicInteger queued = new AtomicInteger();
  private final int queueMax;
  private final List<ConnectionPool> pools = new CopyOnWriteArrayList<>();

  Shares(int connectionsMax, int queueMax) {
    free = new AtomicInteger(connectionsMax);
    this.queueMax = queueMax;
  }

  void join(ConnectionPool pool) {
    pools.add(pool);
  }

  List<ConnectionPool> pools() {
    return pools;
  }

  /** Takes the right to one connection, if there is one left. */
  boolean take() {
    return free.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
  }

  /** Gives back the right to one connection, and tells who has waited longest. */
  void give() {
    free.incrementAndGet();
    ConnectionPool longest = null;
    for (ConnectionPool pool : pools) {
      if (pool.waits() && (longest == null || pool.oldest() - longest.oldest() < 0)) {
        longest = pool;
      }
    }
    if (longest != null) {
      longest.execute(longest::grow);
    }
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
