package appliance.cluster.join;

import appliance.model.Fingerprint;
import appliance.trust.JoinSecret;
import appliance.trust.Trust;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A newcomer before the cluster's door: decides whether to believe a cluster that lets it in. One with a
 * secret believes who has proven the same; one without believes the keys that it has met first, and says
 * so. The starting thread owns it.
 */
final class WaitingRoom {

  private static final Logger log = LoggerFactory.getLogger(WaitingRoom.class);

  private final Trust trust;
  private final Path data;
  private final Map<UUID, Set<Fingerprint>> metFirst = new ConcurrentHashMap<>();
  private final Set<Fingerprint> doubted = new HashSet<>();

  /**
   * @param data the node's data folder, to name it
   */
  WaitingRoom(Trust trust, Path data) {
    this.trust = trust;
    this.data = data;
  }

  Greeting.Entrance entrance(DiscoveryClient.Reply reply) {
    Greeting.Entrance entrance = reply.answer().entrance();
    if (reply.proven()) {
      return entrance;
    }
    if (trust.secret().isPresent()) {
      doubt(
          reply,
          "it has not shown that it knows this node's join secret (" + data.resolve(JoinSecret.FILE)
              + " or --secret-file)");
      return Greeting.Entrance.SOON;
    }
    UUID cluster = reply.answer().cluster().orElseThrow();
    boolean first = !metFirst.containsKey(cluster);
    Set<Fingerprint> met = metFirst.computeIfAbsent(cluster, id -> new HashSet<>());
    if (first) {
      met.add(reply.key());
      tell(reply);
    }
    if (!met.contains(reply.key())) {
      doubt(reply, "another key answered first; if that node is gone, start this one again");
      return Greeting.Entrance.ASKS;
    }
    return entrance;
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

  private void doubt(DiscoveryClient.Reply reply, String why) {
    if (doubted.add(reply.key())) {
      log.warn("The answer from {} is not believed: {}", reply.host(), why);
    }
  }
}
