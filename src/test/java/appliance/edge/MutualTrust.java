package appliance.edge;

import appliance.model.Fingerprint;
import appliance.model.NodeId;
import appliance.trust.Trust;
import appliance.trust.Trusted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of members that trust each other. */
final class MutualTrust {

  private MutualTrust() {}

  /** Each with a data folder of its own below {@code folder}. */
  static Map<NodeId, Trust> of(Path folder, List<NodeId> members) throws IOException {
    Map<NodeId, Trust> trusts = new HashMap<>();
    Map<Fingerprint, NodeId> owners = new HashMap<>();
    for (NodeId id : members) {
      Path data = Files.createDirectories(folder.resolve(id.toString()));
      Trust trust = Trust.open(data, Optional.empty(), Clock.systemUTC());
      trusts.put(id, trust);
      owners.put(trust.fingerprint(), id);
    }
    trusts.values().forEach(trust -> trust.trusted().publish(Trusted.of(owners)));
    return trusts;
  }
}
