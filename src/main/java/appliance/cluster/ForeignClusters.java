package appliance.cluster;

import appliance.cluster.join.DiscoveryClient;
import appliance.cluster.join.Greeting;
import appliance.cluster.join.Joining;
import appliance.cluster.join.Latest;
import appliance.cluster.state.ClusterFile;
import appliance.runtime.StartFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Other clusters of the same name: decides whether this node's own is to be given up for one of them, and
 * says why they stay apart where it is not. The thread that looks around owns it; any may ask {@link
 * #apart}.
 */
final class ForeignClusters {

  private static final Logger log = LoggerFactory.getLogger(ForeignClusters.class);

  /** Until one that does not take this node in is asked again. */
  private static final Duration UNWELCOME = Duration.ofSeconds(5);

  /** Clusters, or hosts, that are remembered to have been told of; whatever is beyond is told of again. */
  private static final int TOLD_MAX = 100;

  /** Until this node gives up its cluster once more after it had to go back to it. */
  private static final Duration VANISHED = Duration.ofSeconds(30);

  private final String cluster;
  private final Joining joining;
  private final Latest<String, UUID> told = new Latest<>(TOLD_MAX);
  private long quietSince = System.nanoTime();
  private Duration quiet = Duration.ZERO;
  private String reason = "";
  private volatile String apart = "";

  /**
   * @param cluster the name that they share
   */
  ForeignClusters(String cluster, Joining joining) {
    this.cluster = cluster;
    this.joining = joining;
  }

  String apart() {
    return apart;
  }

  /** The last one was gone, or stopped taking this node in, when this node came. */
  void vanished() {
    quietFor(VANISHED, "It was gone when this node came to join it. It is asked again in a while");
  }

  private void quietFor(Duration length, String why) {
    quietSince = System.nanoTime();
    quiet = length;
    reason = why;
  }

  /**
   * The answer of the one to join in place of the own cluster.
   *
   * @param provisional whether the own one may be given up
   */
  Optional<Greeting.Answer> better(
      ClusterFile own, boolean provisional, List<DiscoveryClient.Reply> replies) {
    String why = "";
    for (DiscoveryClient.Reply reply : replies) {
      if (!isStranger(own, reply.answer())) {
        continue;
      }
      boolean yields = provisional && reply.answer().outranks(own);
      String against = yields && reply.proven() ? unwelcome(own) : unlike(reply);
      if (against.isEmpty()) {
        tellGivenUp(own, reply.answer());
        apart = "";
        return Optional.of(reply.answer());
      }
      if (yields || !reply.answer().provisional()) {
        String text = tellApart(own, reply, against);
        why =
            why.isEmpty() || reply.proven() ? text : why; // whoever has proven nothing hides nobody
      }
    }
    apart = why;
    return Optional.empty();
  }

  private boolean isStranger(ClusterFile own, Greeting.Answer answer) {
    return answer.name().equals(cluster)
        && answer.connected() // else it may yet join another one itself
        && answer.cluster().filter(id -> !id.equals(own.cluster())).isPresent();
  }

  /** Why the one that this node would join does not take it in now; empty if it does. */
  private String unwelcome(ClusterFile own) {
    if (System.nanoTime() - quietSince < quiet.toNanos()) {
      return reason;
    }
    String why = "It does not take this node in: are a majority of its nodes up? It is asked again";
    try {
      if (joining.elsewhere(own, Optional.empty()).isPresent()) {
        return "";
      }
    } catch (StartFailure e) {
      why = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    quietFor(UNWELCOME, why);
    return why;
  }

  private static String unlike(DiscoveryClient.Reply reply) {
    String refusal = reply.answer().refusal();
    return (reply.proven() ? "" : "It has not shown the same join secret. ")
        + "To move this node over: stop it, run 'appliance new-identity', and start it with --peers "
        + reply.host()
        + " and --secret-file FILE, or without a secret ('secret' in the data folder removed) and have it"
        + " approved there"
        + (refusal.isEmpty() ? "" : ". It says: " + refusal);
  }

  private static void tellGivenUp(ClusterFile own, Greeting.Answer other) {
    log.warn(
        "{} is in another cluster named '{}' ({}). This node's own ({}) holds nothing yet: it is given"
            + " up, and this node joins the other one",
        other.node(),
        other.name(),
        other.cluster().orElseThrow(),
        own.cluster());
  }

  /**
   * Logs it once for each, and returns it for the status. Whoever has not shown the secret can name any
   * number of clusters: those of one host count as one.
   */
  private String tellApart(ClusterFile own, DiscoveryClient.Reply reply, String why) {
    UUID other = reply.answer().cluster().orElseThrow();
    String text = "'" + cluster + "' at " + reply.host() + " is " + other + ", this node is in "
        + own.cluster() + ", and they stay apart. " + why;
    if (told.put(reply.proven() ? other.toString() : reply.host().host(), other)) {
      log.error("There is another cluster of this name: {}", text);
    }
    return text;
  }
}
