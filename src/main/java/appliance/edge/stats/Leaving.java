package appliance.edge.stats;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the requests that begin while this node is to leave: those from before are waited for, these are not. */
public final class Leaving {

  /** None while it is to stay; of each time that it is to leave another one. */
  private volatile @Nullable AtomicLong active;

  /**
   * A request begins while this node is to leave.
   *
   * @return what to count down when it is over
   */
  public AtomicLong begun() {
    AtomicLong now = active;
    if (now == null) {
      // Of two at once one may count as from before, and is waited for.
      now = new AtomicLong();
      active = now;
    }
    now.incrementAndGet();
    return now;
  }

  /** A request finds that this node is to stay: should it leave again, all that is under way is from before. */
  public void stays() {
    if (active != null) {
      active = null;
    }
  }

  long active() {
    AtomicLong now = active;
    return now == null ? 0 : now.get();
  }
}
