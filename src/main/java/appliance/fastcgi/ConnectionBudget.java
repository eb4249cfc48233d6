package appliance.fastcgi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pools of all I/O threads, and of all sites that use the same php, together below one number of
 * connections: lets no site that waits have fewer than another, and no thread of a site wait much longer than its
 * others. Any thread.
 */
final class ConnectionBudget {

  /** A connection moves to another site, at the price of a new one, for no smaller unfairness. */
  private static final long UNFAIR_NANOS = 20_000_000;

  /**
   * The same to another thread of the site, whose children may get less of the processors than others. One at a time,
   * as what that brings shows only after a while.
   */
  static final long LATE_NANOS = 5_000_000;

  /** Without an end of any request for longer, php may hang. */
  static final long BUSY_NANOS_MAX = Duration.ofSeconds(10).toNanos();

  /**
   * For so long a connection is used again while others of php's children may be free: those that wait in php's
   * backlog may be another node's, of which nobody here knows.
   */
  static final long TURN_NANOS = Duration.ofSeconds(1).toNanos();

  /** The same while this node has all connections that there are to be had. */
  static final long SHORT_TURN_NANOS = Duration.ofMillis(250).toNanos();

  /** However many connections there are, no more than a hundred are replaced in a second. */
  private static final long TURN_NANOS_EACH = Duration.ofMillis(10).toNanos();

  private final int connectionsMax;
  private final AtomicInteger free;
  private final AtomicLong movedAt = new AtomicLong(System.nanoTime());
  private final List<ConnectionPool> pools = new CopyOnWriteArrayList<>();
  private volatile long progressAt = System.nanoTime() - BUSY_NANOS_MAX;

  ConnectionBudget(int connectionsMax) {
    this.connectionsMax = connectionsMax;
    free = new AtomicInteger(connectionsMax);
  }

  void join(ConnectionPool pool) {
    pools.add(pool);
  }

  /** Takes the right to one connection, if there is one left. */
  boolean take() {
    return free.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
  }

  /**
   * Gives the right to one connection to who needs it most. It is handed over, not put down, lest another thread
   * takes it meanwhile.
   */
  void give() {
    ConnectionPool neediest = neediest();
    if (neediest != null) {
      neediest.execute(neediest::granted);
      return;
    }
    putBack();
    ConnectionPool late = neediest();
    if (late != null) {
      late.execute(late::grow);
    }
  }

  /** Leaves the right to one connection to whoever takes it. */
  void putBack() {
    free.incrementAndGet();
  }

  /** Who is to have the next connection: of the site that has the fewest, who has waited longest. */
  private @Nullable ConnectionPool neediest() {
    ConnectionPool neediest = null;
    int fewest = 0;
    for (ConnectionPool pool : pools) {
      if (pool.needs()) {
        int has = connectionsOf(pool.site());
        if (neediest == null
            || has < fewest
            || (has == fewest && pool.oldest() - neediest.oldest() < 0)) {
          neediest = pool;
          fewest = has;
        }
      }
    }
    return neediest;
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

  /**
   * Whether a connection that a child has served since {@code taken} is to make room for whoever waits for one,
   * here or elsewhere.
   */
  boolean turnIsOver(long taken, long now) {
    long turn = free.get() > 0 ? TURN_NANOS : SHORT_TURN_NANOS;
    return now - taken > Math.max(turn, connectionsMax * TURN_NANOS_EACH);
  }

  /** Whether {@code pool} should give a free connection to another one, which needs it more. */
  boolean isUnfair(ConnectionPool pool, long now) {
    boolean waits = pool.waits();
    for (ConnectionPool other : pools) {
      boolean unfair = other != pool
          && other.waits()
          && !other.backsOff()
          && ((waits && other.site() != pool.site())
              ? isPoorer(other, pool, now)
              : waitsLonger(other, pool, now) && mayMove(now));
      if (unfair) {
        return true;
      }
    }
    return false;
  }

  /** A site that waits has as many connections as another one, whichever has more requests. */
  private boolean isPoorer(ConnectionPool other, ConnectionPool pool, long now) {
    if (now - other.oldest() <= UNFAIR_NANOS) {
      return false;
    }
    int theirs = connectionsOf(other.site());
    return theirs == 0 || connectionsOf(pool.site()) - theirs > 1;
  }

  private static boolean waitsLonger(ConnectionPool other, ConnectionPool pool, long now) {
    return isLate(now - other.oldest(), pool.waits() ? now - pool.oldest() : 0);
  }

  /** Whether one thread's calls wait that much longer than another one's; both in nanoseconds. */
  static boolean isLate(long waited, long others) {
    return waited - others > Math.max(LATE_NANOS, others / 4);
  }

  /** Whether no other connection has moved a moment ago; if so, one moves now. */
  boolean mayMove(long now) {
    long last = movedAt.get();
    return now - last > LATE_NANOS && movedAt.compareAndSet(last, now);
  }

  private int connectionsOf(QueuePlaces site) {
    int sum = 0;
    for (ConnectionPool pool : pools) {
      sum += pool.site() == site ? pool.size() : 0;
    }
    return sum;
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
