package appliance.cluster.join;

import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.trust.JoinSecret;
import appliance.trust.Trust;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps a newcomer from founding although it is nobody's word: hosts that take its connections and do not
 * answer, and nodes that say to be in the cluster and have not shown this node's secret. One that the operator
 * has named may well be in a cluster, beside which none must be founded; of any other it would only help a
 * stranger to stop the start. None of them keeps this node from joining. The starting thread owns it.
 */
final class Unproven {

  private static final Logger log = LoggerFactory.getLogger(Unproven.class);

  /** Hosts that are remembered to have been told of. */
  private static final int HOSTS_MAX = 100;

  private static final String NO_PROOF =
      "it has not shown that it knows this node's join secret (%s, or" + " --secret-file)";

  private final ClusterConfig config;
  private final Trust trust;
  private final Screening screening;
  private final Latest<String, String> told = new Latest<>(HOSTS_MAX);

  Unproven(ClusterConfig config, Trust trust, Screening screening) {
    this.config = config;
    this.trust = trust;
    this.screening = screening;
  }

  /**
   * The node that is taken for one of the cluster all the same, as far as to found none beside it: of those that
   * the operator has named. Where none is named everybody on the network is asked, and counts.
   */
  Optional<DiscoveryClient.Reply> claim(List<DiscoveryClient.Reply> replies) {
    if (trust.secret().isEmpty()) {
      return Optional.empty(); // nobody can show it anything: who is met first is believed
    }
    List<DiscoveryClient.Reply> claims = replies.stream()
        .filter(reply -> !reply.proven())
        .filter(reply -> reply.answer().cluster().isPresent() && reply.answer().connected())
        .toList();
    claims.forEach(this::tell);
    return claims.stream()
        .filter(reply -> config.peers().isEmpty() || config.peers().contains(reply.host()))
        .findFirst();
  }

  private void tell(DiscoveryClient.Reply reply) {
    if (told.put(reply.host().host(), "claims")) {
      String refusal = reply.answer().refusal();
      log.warn(
          "The answer from {} is not believed: {}{}",
          reply.host(),
          noProof(),
          refusal.isEmpty() ? "" : ". It says: " + refusal);
    }
  }

  private String noProof() {
    return NO_PROOF.formatted(config.data().resolve(JoinSecret.FILE));
  }

  /**
   * Ends the start because of a {@link #claim}: a refusal by one that is named if nobody else is to be heard,
   * any in the end. Until then members may be heard that have the secret.
   */
  void end(DiscoveryClient.Reply claim, boolean othersAreSilent, boolean late) {
    boolean refuses = !claim.answer().refusal().isEmpty();
    boolean named = config.peers().contains(claim.host());
    if (refuses && (late || (named && !othersAreSilent))) {
      throw screening.refused(claim);
    }
    if (late) {
      throw new StartFailure(
          ExitCode.CLUSTER,
          "%s says to be in the cluster '%s', and %s: no cluster is founded beside it. Give this node that"
                  .formatted(claim.host(), config.cluster(), noProof())
              + " cluster's secret; if it is no node of yours, "
              + remedy());
    }
  }

  private String remedy() {
    return config.peers().isEmpty() ? "name your own ones with --peers" : "correct --peers";
  }

  /**
   * Whether to wait for those that are too busy to answer: for a named one, until that ends the start; for
   * others for a while.
   *
   * @param silent what went wrong at each
   * @param late whether others have had their time
   * @param tooLate whether the named ones have had theirs
   */
  boolean isWaitedFor(Map<HostPort, String> silent, boolean late, boolean tooLate) {
    Map<HostPort, String> named = silent.entrySet().stream()
        .filter(host -> config.peers().contains(host.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    if (tooLate && !named.isEmpty()) {
      throw new StartFailure(
          ExitCode.NOT_NOW,
          "no question is answered at " + words(named)
              + ": no cluster is founded beside a node that may be in one. See what keeps it busy, or the"
              + " name server, and start this node again; if it is no node, correct --peers");
    }
    if (named.isEmpty() && late && !silent.isEmpty()) {
      log.warn(
          "No question is answered at {}, which --peers does not name: it is waited for no longer",
          words(silent));
      return false;
    }
    return !silent.isEmpty();
  }

  static String words(Map<HostPort, String> silent) {
    return silent.entrySet().stream()
        .map(host -> host.getKey() + " (" + host.getValue() + ")")
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
