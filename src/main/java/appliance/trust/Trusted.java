package appliance.trust;

import appliance.model.Fingerprint;
import appliance.model.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that this node takes connections from and makes connections to, at one moment.
 *
 * @param keys all of them
 * @param owners the members among them; the others have been admitted and have not joined yet
 */
public record Trusted(Set<Fingerprint> keys, Map<Fingerprint, NodeId> owners) {

  public static final Trusted NOBODY = new Trusted(Set.of(), Map.of());

  public Trusted {
    keys = Set.copyOf(keys);
    owners = Map.copyOf(owners);
  }

  public static Trusted of(Map<Fingerprint, NodeId> owners) {
    return new Trusted(owners.keySet(), owners);
  }

  public boolean accepts(Fingerprint key) {
    return keys.contains(key);
  }

  public Optional<NodeId> owner(Fingerprint key) {
    return Optional.ofNullable(owners.get(key));
  }

  public Trusted and(Set<Fingerprint> more) {
    Set<Fingerprint> all = new java.util.HashSet<>(keys);
    all.addAll(more);
    return new Trusted(all, new HashMap<>(owners));
  }
}
