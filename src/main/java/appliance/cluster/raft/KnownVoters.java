package appliance.cluster.raft;

import appliance.model.NodeId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The voters, from the library's list of their names. That is its thread's, which empties and fills it where a snapshot brings
 * others: a copy that is taken meanwhile is empty or has holes, and the voters are still those of before. Any thread.
 */
final class KnownVoters {

  private volatile Known last = new Known(List.of(), Set.of());

  private record Known(List<String> names, Set<NodeId> ids) {}

  /** As they mostly are those of the last look. */
  Set<NodeId> of(List<String> names) {
    Known known = last;
    boolean whole = !names.isEmpty() && names.stream().noneMatch(Objects::isNull);
    if (whole && !names.equals(known.names)) {
      known = new Known(
          List.copyOf(names),
          names.stream().map(NodeId::parse).collect(Collectors.toUnmodifiableSet()));
      last = known;
    }
    return known.ids;
  }
}
