package appliance.cluster;

import java.util.Optional;
import java.util.UUID;

/**
 * Whom the cluster lets in: why a node that asks at a member's {@link Doorbell} cannot join, told before it
 * connects. What the log refuses (the commands) it refuses in any case; this is sooner, and in time to
 * keep a stale voter from voting.
 */
final class Admission {

  private Admission() {}

  /**
   * Why the asker is refused; empty if it is not.
   *
   * @param cluster the cluster of the node that answers
   */
  static String refusal(Greeting.Question asker, UUID cluster, Situation now) {
    Optional<History.Removal> departure = now.state().history().departure(asker.id());
    if (departure.isPresent()) {
      return departure.get().refusal();
    }
    if (asker.cluster().filter(now.state().history().former()::contains).isPresent()) {
      return "the cluster " + asker.cluster().get() + " goes on without this node as " + cluster
          + recovery(now) + ". To bring this machine in, start it once with --new-identity";
    }
    Optional<Entry> known = now.state().member(asker.id());
    boolean member = asker.cluster().equals(Optional.of(cluster));
    if (member && known.isPresent() && known.get().incarnation() > asker.incarnation()) {
      return copy(known.get().incarnation(), asker.incarnation() + 1);
    }
    if (asker.cluster().isPresent() && !member) {
      return ""; // they meet, and stay apart
    }
    return now.state()
        .named(asker.node())
        .filter(m -> !m.id().equals(asker.id()) && now.isReachable(m.id()))
        .map(m -> "another node is named " + m.name() + "; choose another name (--name)")
        .orElse("");
  }

  private static String recovery(Situation now) {
    return now.state().history().forced().stream()
        .reduce((earlier, later) -> later)
        .map(act -> " (" + act.text() + ")")
        .orElse("");
  }

  /**
   * What is said to a data folder that is behind what the cluster has seen of it.
   *
   * @param seen the last start that the cluster knows
   * @param start which start this one is, by the folder
   */
  static String copy(long seen, long start) {
    return "the data folder is a copy, or was set back to an earlier state: the cluster has seen start "
        + seen + " of it, and this is start " + start
        + ". Start this machine once with --new-identity: it joins as a node of its own";
  }
}
