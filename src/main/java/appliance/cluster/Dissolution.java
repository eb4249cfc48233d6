package appliance.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gives up the cluster that this node has founded, for the other one that it has met. */
final class Dissolution {

  private final Discovery discovery;
  private final SessionSwitch sessionSwitch;
  private final List<Runnable> onDissolved = new CopyOnWriteArrayList<>();
  private final List<Runnable> onKept = new CopyOnWriteArrayList<>();

  Dissolution(Discovery discovery, SessionSwitch sessionSwitch) {
    this.discovery = discovery;
    this.sessionSwitch = sessionSwitch;
  }

  /** Calls {@code action} when this node is in the other one. */
  void onDissolved(Runnable action) {
    onDissolved.add(action);
  }

  /** Calls {@code action} when the other one was gone before, and this node is back in its own. */
  void onKept(Runnable action) {
    onKept.add(action);
  }

  /** Blocks until this node is in a cluster again, or cannot be. Not for one that holds something. */
  void of(Session old) {
    if (!old.provisional()) {
      return;
    }
    discovery
        .dissolves(); // first: what the founder still generates must not reach the other cluster
    sessionSwitch
        .move(
            old,
            () -> discovery.putAside(old),
            "it gave up its cluster and could not go on elsewhere",
            "Restart this node: it tries again")
        .ifPresent(now -> (now.continues(old) ? onKept : onDissolved).forEach(Runnable::run));
  }
}
