package appliance.cluster.mastery;

import appliance.cluster.state.Entry;
import appliance.model.GtidPosition;
import appliance.model.ReplicaProgress;
import appliance.model.ReplicaProgress.State;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who is to be master next: an active node whose replica has all that the last master's had when it last
 * renewed its lease; by priority, then by how far it is, then by age. Where nobody has it, those come next
 * that have all there is, and, if the database is out of reach of all, those that cannot get further. A
 * node that lacks something that it could have is never master by itself.
 *
 * @param next nobody if {@code refusal} says why, or if there is no candidate at all
 * @param refusal why none of the candidates can be it; empty if one can
 */
record Succession(Optional<Entry> next, String refusal) {

  /**
   * @param patient whether one that may have it all in a moment is to be waited for
   */
  static Succession of(Situation now, List<Entry> candidates, boolean patient) {
    GtidPosition acknowledged = now.state().mastership().acknowledged();
    List<Entry> whole = candidates.stream()
        .filter(entry -> now.replica(entry.id()).position().covers(acknowledged))
        .toList();
    if (!whole.isEmpty() || candidates.isEmpty()) {
      return new Succession(best(now, whole), "");
    }
    List<Entry> rest = patient ? List.of() : secondBest(now, candidates);
    return rest.isEmpty()
        ? new Succession(Optional.empty(), refusal(now, candidates, acknowledged))
        : new Succession(best(now, rest), "");
  }

  private static List<Entry> secondBest(Situation now, List<Entry> candidates) {
    List<Entry> level = in(now, candidates, State.LEVEL);
    boolean someoneGetsFurther = !in(now, candidates, State.FOLLOWING).isEmpty();
    return level.isEmpty() && !someoneGetsFurther
        ? in(now, candidates, State.NONE, State.CUT_OFF)
        : level;
  }

  private static List<Entry> in(Situation now, List<Entry> candidates, State... states) {
    return candidates.stream()
        .filter(entry -> List.of(states).contains(now.replica(entry.id()).state()))
        .toList();
  }

  static Optional<Entry> best(Situation now, List<Entry> candidates) {
    int priority = candidates.stream().mapToInt(Entry::priority).max().orElse(0);
    List<Entry> equals =
        candidates.stream().filter(entry -> entry.priority() == priority).toList();
    return equals.stream()
        .filter(entry -> equals.stream().noneMatch(other -> now.isAhead(other, entry)))
        .min(Comparator.comparing(Entry::order));
  }

  private static String refusal(Situation now, List<Entry> candidates, GtidPosition acknowledged) {
    String states = candidates.stream()
        .map(entry -> entry.name() + " " + words(now.replica(entry.id())))
        .collect(Collectors.joining("; "));
    return "no active node has all that the last master had (" + acknowledged + "): " + states
        + ". Wait, mend the replica that has stopped ('appliance replica rebuild'), start the node that has it"
        + ", or run 'appliance promote NODE --force'";
  }

  private static String words(ReplicaProgress replica) {
    String at = replica.position().equals(GtidPosition.START)
        ? "at an unknown position"
        : "at " + replica.position();
    return switch (replica.state()) {
      case NONE -> "has no database";
      case LEVEL, FOLLOWING -> "is " + at + " and follows";
      case STOPPED -> "has stopped " + at;
      case CUT_OFF -> "is " + at + " and does not reach the database";
    };
  }
}
