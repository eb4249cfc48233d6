package appliance.cluster.join;

import appliance.cluster.state.ClusterFile;
import appliance.config.ClusterConfig;
import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.trust.Refusal;
import appliance.trust.Trust;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which replies count at the start of a node, and which of them end it. The starting thread runs it. */
final class Screening {

  private static final Logger log = LoggerFactory.getLogger(Screening.class);

  /** Hosts that are remembered to have been told of. */
  private static final int HOSTS_MAX = 100;

  private final ClusterConfig config;
  private final NodeId self;
  private final Trust trust;
  private final Latest<String, NodeId> foreign = new Latest<>(HOSTS_MAX);

  Screening(ClusterConfig config, NodeId self, Trust trust) {
    this.config = config;
    this.self = self;
    this.trust = trust;
  }

  /** As {@link #named}, and fails if one of them refuses: for those that are believed. */
  List<DiscoveryClient.Reply> own(List<DiscoveryClient.Reply> replies) {
    List<DiscoveryClient.Reply> own = named(replies);
    refuseFor(own);
    return own;
  }

  /** Fails if one of them refuses. */
  void refuseFor(List<DiscoveryClient.Reply> believed) {
    believed.stream()
        .filter(reply -> !reply.answer().refusal().isEmpty())
        .findFirst()
        .ifPresent(reply -> {
          throw refused(reply);
        });
  }

  /** Leaves only replies of this cluster's name by others. */
  List<DiscoveryClient.Reply> named(List<DiscoveryClient.Reply> replies) {
    replies.stream()
        .filter(reply -> !reply.answer().name().equals(config.cluster()))
        .filter(reply -> foreign.put(reply.host().host(), reply.answer().id()))
        .map(DiscoveryClient.Reply::answer)
        .forEach(answer -> log.warn(
            "{} is in the cluster '{}', not in '{}', and is left out: correct --peers or --join",
            answer.node(),
            JoinRequests.printable(answer.name()),
            config.cluster()));
    return replies.stream()
        .filter(reply -> reply.answer().name().equals(config.cluster()))
        .filter(reply -> !reply.answer().id().equals(self))
        .toList();
  }

  /** Counts it as well. */
  StartFailure refused(DiscoveryClient.Reply reply) {
    String refusal = reply.answer().refusal();
    trust
        .refusals()
        .count(reply.host().socketAddress().getAddress(), Refusal.REFUSED_THERE, refusal);
    return new StartFailure(
        ExitCode.CLUSTER,
        reply.answer().node() + " at " + reply.host() + " refuses this node: " + refusal);
  }

  /** The replies of this node's own cluster; fails if there are only those of another one. */
  static List<DiscoveryClient.Reply> ofCluster(
      ClusterFile file, List<DiscoveryClient.Reply> replies) {
    List<DiscoveryClient.Reply> own = replies.stream()
        .filter(reply -> reply.answer().cluster().equals(Optional.of(file.cluster())))
        .toList();
    boolean holds = file.voters().size() > 1 || !file.founder(); // else it may be given up
    replies.stream()
        .filter(reply -> holds && own.isEmpty())
        .map(DiscoveryClient.Reply::answer)
        .filter(answer -> answer.connected() && !answer.provisional())
        .findFirst()
        .ifPresent(stranger -> {
          throw new StartFailure(
              ExitCode.NOT_NOW, // one of its own may be up by then
              "this node belongs to the cluster '%s' (%s), and %s to another one named '%s' (%s): they"
                      .formatted(
                          file.name(),
                          file.cluster(),
                          stranger.node(),
                          stranger.name(),
                          stranger.cluster().map(UUID::toString).orElse("unknown"))
                  + " never mix. To bring this machine into the other one, run 'appliance new-identity'"
                  + " on it and start it; to keep it in its own, correct --peers");
        });
    return own;
  }
}
