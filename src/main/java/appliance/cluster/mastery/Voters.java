package appliance.cluster.mastery;

import appliance.cluster.state.Entry;
import appliance.cluster.state.Standing;
import appliance.model.NodeId;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who should have a vote: the eldest members that have caught up, {@link #MAX} at most, and the witnesses.
 * A voter that has been silent for {@link #REPLACE_AFTER} makes room for a member that has caught up and
 * has no vote; without such a one it stays, so that the majority never shrinks by itself. The cluster's
 * loop asks on the leader.
 */
final class Voters {

  /** More voters make each write slower and the cluster hardly safer. */
  static final int MAX = 5;

  /** Longer than a restart of a machine takes. */
  static final Duration REPLACE_AFTER = Duration.ofMinutes(5);

  /** For a removed node to learn of it and leave. */
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final Map<NodeId, Long> removedSince = new HashMap<>();
  private final Map<NodeId, Long> silentSince = new HashMap<>();

  /** One change of the voters, with the reason for the log. */
  record Change(NodeId id, boolean add, String reason) {}

  /** When this node begins to lead: what it saw when it led before counts no more. */
  void begin() {
    removedSince.clear();
    silentSince.clear();
  }

  /** The next change to be made; one at a time, as each has to be agreed on by the voters before it. */
  Optional<Change> next(Situation now, long nanos) {
    watch(now, nanos);
    Optional<Change> gone = now.progress().voters().stream()
        .filter(id -> now.state().staying(id) == null)
        .filter(id -> removed(now, id) || !(now.isReachable(id) || id.equals(now.self())))
        .findFirst()
        .map(id -> new Change(id, false, id + " is no member any more and loses its vote"));
    if (gone.isPresent()) {
      return gone;
    }
    Optional<Entry> waiting = now.state().members().values().stream()
        .filter(m -> caughtUp(m) && now.isPresent(m))
        .filter(m -> !now.progress().voters().contains(m.id()))
        .min(Comparator.comparing((Entry m) -> m.standing() != Standing.WITNESS)
            .thenComparing(Entry::order));
    return waiting.flatMap(next -> replaced(now, next, nanos)
        .or(() -> now.progress().voters().size() < MAX
            ? Optional.of(new Change(next.id(), true, next.name() + " is given a vote"))
            : Optional.empty()));
  }

  /** A removed node that is out of touch, or was given the time to learn of it, is to be forgotten. */
  Optional<NodeId> toForget(Situation now, long nanos) {
    removedSince.keySet().retainAll(now.state().members().keySet());
    return now.state().members().values().stream()
        .filter(m -> m.standing() == Standing.REMOVED)
        .map(Entry::id)
        .filter(id -> !now.progress().voters().contains(id))
        .filter(id -> !now.isReachable(id)
            || nanos - removedSince.computeIfAbsent(id, i -> nanos) >= FAREWELL.toNanos())
        .findFirst();
  }

  private static boolean removed(Situation now, NodeId id) {
    return now.state().history().departure(id).isPresent();
  }

  /** In rotation, or was before it was drained: it has the log, the database and the files. */
  private static boolean caughtUp(Entry member) {
    return switch (member.standing()) {
      case ACTIVE, WITNESS -> true;
      case JOINING, DRAINING, DRAINED, REMOVED, LEFT -> false;
    };
  }

  /** The vote of a voter that is gone for long, if {@code next} can have it. */
  private Optional<Change> replaced(Situation now, Entry next, long nanos) {
    return silentSince.entrySet().stream()
        .filter(silent -> nanos - silent.getValue() >= REPLACE_AFTER.toNanos())
        .map(Map.Entry::getKey)
        .findFirst()
        .map(id -> new Change(
            id,
            false,
            now.state().member(id).map(Entry::name).orElse(id.toString())
                + " has been silent for " + REPLACE_AFTER.toMinutes() + " minutes: " + next.name()
                + " gets its vote"));
  }

  private void watch(Situation now, long nanos) {
    silentSince.keySet().retainAll(now.progress().voters());
    for (NodeId id : now.progress().voters()) {
      if (now.isReachable(id)) {
        silentSince.remove(id);
      } else {
        silentSince.putIfAbsent(id, nanos);
      }
    }
  }
}
