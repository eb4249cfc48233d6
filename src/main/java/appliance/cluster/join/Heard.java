package appliance.cluster.join;

import appliance.model.HostPort;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where nodes may be that have rung, or that the network has told of. Few of one host and few in all; one too
 * many costs the earliest of its host its place, or the earliest of all: no host crowds out another one. Any
 * thread.
 */
public final class Heard {

  static final int TOTAL_MAX = 32;
  static final int PER_HOST_MAX = 8;

  private final Set<HostPort> addresses = new LinkedHashSet<>();

  /** One that is known already counts as heard of now. */
  public synchronized void add(HostPort address) {
    addresses.remove(address);
    List<HostPort> same =
        addresses.stream().filter(a -> a.host().equals(address.host())).toList();
    Optional<HostPort> tooMany = same.size() >= PER_HOST_MAX
        ? Optional.of(same.get(0))
        : addresses.stream().findFirst().filter(first -> addresses.size() >= TOTAL_MAX);
    tooMany.ifPresent(addresses::remove);
    addresses.add(address);
  }

  /** The earliest first. */
  public synchronized List<HostPort> now() {
    return List.copyOf(addresses);
  }

  /** As {@link #now}, and forgets them. */
  public synchronized List<HostPort> take() {
    List<HostPort> taken = now();
    addresses.clear();
    return taken;
  }
}
