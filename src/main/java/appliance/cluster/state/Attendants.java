package appliance.cluster.state;

import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The holders of follower leases: the nodes that may acknowledge writes of the present epoch besides its
 * master.
 *
 * @param last at which place of the log each was confirmed last: to quit names it, so that a quit that comes
 *     late takes no later confirmation away
 */
public record Attendants(NavigableMap<NodeId, Long> last) {

  /** As many as members; each takes 24 bytes. */
  static final int MAX = ClusterState.MEMBERS_MAX;

  static final int BYTES_MAX = 4 + 24 * MAX;

  /** Stands for all nodes of a version that did not yet say who they are. */
  static final NodeId UNNAMED = new NodeId(new UUID(0, 0));

  /** The master alone. */
  public static final Attendants NONE = new Attendants(new TreeMap<>());

  public Attendants {
    last = Collections.unmodifiableNavigableMap(new TreeMap<>(last));
  }

  public boolean isEmpty() {
    return last.isEmpty();
  }

  /** Where the node was confirmed last; empty if it has nothing to quit. */
  public Optional<Long> of(NodeId id) {
    return Optional.ofNullable(last.get(id));
  }

  boolean takes(NodeId id) {
    return last.containsKey(id) || last.size() < MAX;
  }

  Attendants with(NodeId id, long at) {
    NavigableMap<NodeId, Long> all = new TreeMap<>(last);
    all.put(id, at);
    return new Attendants(all);
  }

  /** Without the node, unless it was confirmed again after {@code at}. */
  Attendants without(NodeId id, long at) {
    NavigableMap<NodeId, Long> all = new TreeMap<>(last);
    all.computeIfPresent(id, (same, known) -> known > at ? known : null);
    return new Attendants(all);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(last.size());
    for (var each : last.entrySet()) {
      Wire.node(out, each.getKey());
      out.writeLong(each.getValue());
    }
  }

  static Attendants read(DataInput in) throws IOException {
    NavigableMap<NodeId, Long> all = new TreeMap<>();
    for (int left = Wire.length(in, MAX); left > 0; left--) {
      all.put(Wire.node(in), in.readLong());
    }
    return new Attendants(all);
  }
}
