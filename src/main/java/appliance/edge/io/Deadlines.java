package appliance.edge.io;

import appliance.runtime.UnlessEnding;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioExecutor;

/**
 * Deadlines to two tenths of a second, on one I/O thread. Setting one is a field write; while any is set,
 * a tick looks at all of them. One expires at the second tick that finds it late: on a machine that
 * stood still for a while, what has arrived meanwhile is read first.
 */
public final class Deadlines {

  private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

  private static final long TICK_MILLIS = 100;

  private final XnioExecutor thread;
  private final Deadline head = new Deadline(() -> {});
  private boolean ticking;
  private long lookedAt = System.nanoTime();

  public Deadlines(XnioExecutor thread) {
    this.thread = thread;
    head.next = head;
    head.previous = head;
  }

  /** One thing's deadline; unset at first, and again once it has expired. */
  public static final class Deadline {

    private final Runnable expired;
    private long at;
    private @Nullable Deadline next;
    private @Nullable Deadline previous;

    public Deadline(Runnable expired) {
      this.expired = expired;
    }

    private void unlink() {
      if (next != null && previous != null) {
        next.previous = previous;
        previous.next = next;
        next = null;
        previous = null;
      }
    }
  }

  /**
   * Sets {@code deadline} to {@code nanos} from now, in place of what it was.
   *
   * @return what now is, by {@link System#nanoTime}
   */
  public long set(Deadline deadline, long nanos) {
    long now = System.nanoTime();
    deadline.at = now + nanos;
    if (!ticking) {
      lookedAt = now;
    }
    if (deadline.next == null) {
      deadline.next = head;
      deadline.previous = head.previous;
      if (head.previous != null) {
        head.previous.next = deadline;
      }
      head.previous = deadline;
    }
    schedule();
    return now;
  }

  private void schedule() {
    if (ticking) {
      return;
    }
    ticking = UnlessEnding.executeAfter(
            thread::executeAfter, this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS)
        != null;
  }

  /** Whether it is set and should have expired: within two tenths of a second it does. */
  public boolean overdue(Deadline deadline) {
    return deadline.next != null && deadline.at - System.nanoTime() <= 0;
  }

  /** Has it expire now. */
  public void expire(Deadline deadline) {
    deadline.unlink();
    deadline.expired.run();
  }

  /** Does nothing if it is not set. */
  public void clear(Deadline deadline) {
    deadline.unlink();
  }

  private void tick() {
    ticking = false;
    long before = lookedAt;
    lookedAt = System.nanoTime();
    Deadline expired = null;
    for (Deadline each = head.next; each != null && each != head; ) {
      Deadline following = each.next;
      if (each.at - before <= 0) {
        each.unlink();
        each.previous = expired;
        expired = each;
      }
      each = following;
    }
    run(expired);
    if (head.next != head) {
      schedule();
    }
  }

  /** Outside the walk, since an expiry sets and clears other deadlines. */
  private static void run(@Nullable Deadline expired) {
    while (expired != null) {
      Deadline each = expired;
      expired = each.previous;
      each.previous = null;
      expire(each.expired);
    }
  }

  /** What fails takes no other with it. */
  private static void expire(Runnable expired) {
    try {
      expired.run();
    } catch (RuntimeException | Error e) {
      log.error("What was to follow a deadline failed", e);
    }
  }
}
