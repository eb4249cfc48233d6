package appliance.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gives up the cluster that this node has founded, for the other one that it has met. */
final class Dissolution {

  private final Meeting meeting;
  private final Moves moves;
  private final List<Runnable> onDissolved = new CopyOnWriteArrayList<>();
  private final List<Runnable> onKept = new CopyOnWriteArrayList<>();

  Dissolution(Meeting meeting, Moves moves) {
    this.meeting = meeting;
    this.moves = moves;
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
    meeting.dissolves(); // first: what the founder still generates must not reach the other cluster
    moves
        .move(
            old,
            () -> meeting.putAside(old),
            "it gave up its cluster and could not go on elsewhere",
            "Restart this node: it tries again")
        .ifPresent(now -> (now.continues(old) ? onKept : onDissolved).forEach(Runnable::run));
  }
}
