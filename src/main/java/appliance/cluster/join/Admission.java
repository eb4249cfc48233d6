package appliance.cluster.join;

import appliance.cluster.mastery.Situation;
import appliance.cluster.state.Entry;
import appliance.cluster.state.History;
import java.util.Optional;
import java.util.UUID;

/**
 * Whom the cluster lets in: why a node that asks at a member's {@link DiscoveryServer} cannot join, told before it
 * connects. What the log refuses (the commands) it refuses in any case; this is sooner, and in time to
 * keep a stale voter from voting.
 */
final class Admission {

  private Admission() {}

  private static final String UNKNOWN = "the cluster does not know this node's key: it has been"
      + " removed. To let it in again, run 'appliance new-identity' on it and start it";

  /**
   * What is said to a node whose key nobody takes any more, but who names this cluster, or one that it goes
   * on from: why that is so. Empty for all others, who learn nothing.
   */
  static String ofRemoved(Greeting.Question asker, Membership membership) {
    UUID cluster = membership.file().cluster();
    History history = membership.situation().state().history();
    boolean member = asker.cluster().filter(cluster::equals).isPresent();
    if (!member && asker.cluster().filter(history.former()::contains).isEmpty()) {
      return "";
    }
    String refusal = departed(asker, cluster, history);
    return refusal.isEmpty() ? UNKNOWN : refusal;
  }

  private static String departed(Greeting.Question asker, UUID cluster, History history) {
    if (asker.cluster().filter(history.former()::contains).isPresent()) {
      return "the cluster " + asker.cluster().get() + " goes on without this node as " + cluster
          + history.last().map(act -> " (" + act + ")").orElse("")
          + ". To bring this machine in, run 'appliance new-identity' on it and start it with the"
          + " present secret ('appliance secret' on a member)";
    }
    return history.departure(asker.id()).map(History.Removal::refusal).orElse("");
  }

  /** Why the asker, whose key or secret is known, cannot join; empty if it can. */
  static String refusal(Greeting.Question asker, Membership membership) {
    UUID cluster = membership.file().cluster();
    Situation now = membership.situation();
    String departed = departed(asker, cluster, now.state().history());
    if (!departed.isEmpty()) {
      return departed;
    }
    Optional<Entry> known = now.state().member(asker.id());
    boolean member = asker.cluster().filter(cluster::equals).isPresent();
    if (member && known.isPresent() && known.get().incarnation() > asker.incarnation()) {
      return Entry.copy(known.get().incarnation(), asker.incarnation() + 1);
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
}
