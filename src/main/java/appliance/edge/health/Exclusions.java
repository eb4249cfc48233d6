package appliance.edge.health;

import appliance.model.NodeId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that surely get no more requests from this edge: those that the rotation leaves out, once
 * each I/O thread has passed a point behind it, since choosing an application and counting the request
 * are one step there. Belongs to the loop of {@link Apps}, but for {@link #sure}.
 */
final class Exclusions {

  private static final Logger log = LoggerFactory.getLogger(Exclusions.class);

  private final Consumer<Runnable> fence;
  private final Executor loop;
  private volatile Set<NodeId> sure = Set.of();
  private Set<NodeId> wanted = Set.of();

  /**
   * @param fence runs its argument, on any thread, once every I/O thread has done what it is at now
   * @param loop where the answer is taken
   */
  Exclusions(Consumer<Runnable> fence, Executor loop) {
    this.fence = fence;
    this.loop = loop;
  }

  /** To be called before a rotation that leaves out {@code next} only: the others may get requests. */
  void before(Set<NodeId> next) {
    Set<NodeId> still = new HashSet<>(sure);
    if (still.retainAll(next)) {
      sure = Set.copyOf(still);
    }
  }

  /** To be called when a rotation that leaves out {@code next} is published. */
  void after(Set<NodeId> next) {
    if (next.equals(wanted)) {
      return;
    }
    wanted = next;
    fence.accept(() -> passed(next));
  }

  private void passed(Set<NodeId> next) {
    try {
      loop.execute(() -> {
        // A later rotation has its own fence behind this one.
        if (wanted == next) {
          sure = next;
        }
      });
    } catch (RejectedExecutionException e) {
      log.debug("The edge is closing: nobody asks any more", e);
    }
  }

  Set<NodeId> sure() {
    return sure;
  }
}
