package appliance.cluster.join;

import appliance.cluster.join.Greeting.Entrance;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.trust.Trust;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A newcomer before the cluster's door: decides which cluster that lets it in to believe. One with a secret
 * believes who has proven the same, and nobody else; one without believes the keys that it has met first, and
 * says so. The starting thread owns it.
 */
final class WaitingRoom {

  private static final Logger log = LoggerFactory.getLogger(WaitingRoom.class);

  /** Strangers can make ever more of them; those of hosts that the operator has named come on top. */
  private static final int CLUSTERS_MAX = 16;

  /** As {@link Waits} tells it. */
  static final String APPROVAL = "its approval";

  /** Of one host, which can make ever more of them, too. */
  static final int CLUSTERS_PER_HOST_MAX = 4;

  /** Keys of one cluster that are not believed, each of which costs a line of the log. */
  private static final int DOUBTED_MAX = 16;

  private final Trust trust;
  private final Set<HostPort> peers;
  private final Map<UUID, DiscoveryClient.Reply> metFirst = new HashMap<>();
  private final Set<Fingerprint> doubted = new HashSet<>();
  private Optional<HostPort> asked = Optional.empty();
  private boolean toldDeserted;

  /**
   * A cluster that answers, and what this node's key is worth there.
   *
   * @param believed whether that cluster is the one that it says to be, as far as this node can know
   */
  record Door(DiscoveryClient.Reply reply, boolean believed) {

    Entrance entrance() {
      return believed ? reply.answer().entrance() : Entrance.ASKS;
    }

    boolean isOpen() {
      return entrance() == Entrance.OPEN;
    }

    boolean refuses() {
      return !reply.answer().refusal().isEmpty();
    }
  }

  /**
   * @param peers those that the operator has named: of strangers they count first
   */
  WaitingRoom(Trust trust, Collection<HostPort> peers) {
    this.trust = trust;
    this.peers = Set.copyOf(peers);
  }

  /**
   * Of the clusters that answer the one to wait at: the eldest of those that go on in any case. Without a
   * secret, one that lets this node in comes first, so that no stranger keeps it from that.
   */
  Optional<Door> door(List<DiscoveryClient.Reply> replies) {
    boolean proves = trust.secret().isPresent();
    return replies.stream()
        .filter(reply -> reply.answer().cluster().isPresent() && reply.answer().connected())
        .filter(reply -> reply.proven() || !proves)
        .map(reply -> new Door(reply, reply.proven() || isMetFirst(reply)))
        .min(Comparator.comparing((Door door) -> !proves && !door.isOpen())
            .thenComparing(door -> !door.believed() || door.refuses())
            .thenComparing(door -> !proves && !peers.contains(door.reply().host()))
            .thenComparing(door -> door.reply().answer().provisional())
            .thenComparing(door -> door.reply().answer().foundedAt()));
  }

  /**
   * Whether a cluster that this node has asked to join is the one that does not answer now. Its only node may be
   * restarted while a person decides; another cluster must not be founded beside it meanwhile. Of those that
   * the operator has not named, none is waited for if there are some that he has.
   */
  boolean isDeserted(Optional<Door> door) {
    if (door.isPresent()) {
      HostPort host = door.get().reply().host();
      boolean meant = peers.isEmpty() || peers.contains(host);
      if (meant && door.get().believed() && door.get().entrance() == Entrance.ASKS) {
        asked = Optional.of(host);
        toldDeserted = false;
      }
      return false;
    }
    if (asked.isPresent() && !toldDeserted) {
      toldDeserted = true;
      log.warn(
          "The cluster that this node has asked to join, at {}, does not answer any more. This node"
              + " waits for it and founds none beside it; to begin anew, start this node again",
          asked.get());
    }
    return asked.isPresent();
  }

  /** Tells what a newcomer waits for that is not let in at {@code door}, or whose cluster is gone for now. */
  void tell(Optional<Door> door, Waits waits) {
    if (door.isEmpty()) {
      waits.on(
          "the cluster that it has asked to join, at " + asked.orElseThrow() + ", to answer again",
          "Start a node of that one; to begin anew, restart this node");
    } else if (door.get().believed()) {
      waits.on(
          APPROVAL,
          "On a member of the cluster (this node asks %s), run: appliance approve %s"
              .formatted(door.get().reply().host(), trust.fingerprint()));
    } else {
      waits.on(
          "an answer that it can believe, from " + door.get().reply().host(),
          "Another key has answered first, as the log says; to begin anew, restart this node");
    }
  }

  private boolean isMetFirst(DiscoveryClient.Reply reply) {
    UUID cluster = reply.answer().cluster().orElseThrow();
    DiscoveryClient.Reply met = metFirst.get(cluster);
    if (met == null && hasRoomFor(reply.host())) {
      metFirst.put(cluster, reply);
      tell(reply);
      return true;
    }
    boolean same = met != null && met.key().equals(reply.key());
    if (!same && doubted.size() < DOUBTED_MAX && doubted.add(reply.key())) {
      tellDoubt(reply.host(), met);
    }
    return same;
  }

  /** Most often it is another member of the same cluster, and all is well. */
  private static void tellDoubt(HostPort host, DiscoveryClient.@Nullable Reply met) {
    if (met == null) {
      log.warn(
          "The answer from {} is not believed: too many clusters answer; start this node again to begin"
              + " anew",
          host);
    } else {
      log.info(
          "{} says that it is in the same cluster. Until this node is let in, it believes {} alone, whose"
              + " key it has met first",
          host,
          met.host());
    }
  }

  private boolean hasRoomFor(HostPort host) {
    long ofHost = metFirst.values().stream()
        .filter(met -> met.host().host().equals(host.host()))
        .count();
    return ofHost < CLUSTERS_PER_HOST_MAX
        && (metFirst.size() < CLUSTERS_MAX || peers.contains(host));
  }

  private void tell(DiscoveryClient.Reply reply) {
    log.warn(
        "This node has no join secret and asks to join the cluster '{}' at {}. On a member, run:\n"
            + "    appliance approve {}\n"
            + "It trusts the key that answered, as it is the first one: {} ('appliance status' there"
            + " shows it)",
        reply.answer().name(),
        reply.host(),
        trust.fingerprint(),
        reply.key());
  }
}
