package appliance.cluster.state;

import appliance.model.Endpoints;
import appliance.model.Fingerprint;
import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * A member in the replicated state.
 *
 * @param incarnation how often its data folder has been started; an older one is a copy
 * @param run made anew with each start: tells two starts with the same incarnation apart
 * @param order counts up with each new member: the lower, the older
 * @param priority the higher, the sooner it becomes master
 * @param key what it shows on every connection
 */
public record Entry(
    NodeId id,
    String name,
    Endpoints endpoints,
    long incarnation,
    UUID run,
    long order,
    int priority,
    Standing standing,
    Fingerprint key) {

  /** With another standing. */
  public Entry with(Standing other) {
    return new Entry(id, name, endpoints, incarnation, run, order, priority, other, key);
  }

  /** This member as the newest one of {@code state}. */
  Entry newestOf(ClusterState state) {
    long next = state.members().values().stream().mapToLong(Entry::order).max().orElse(0) + 1;
    return new Entry(id, name, endpoints, incarnation, run, next, priority, standing, key);
  }

  void write(DataOutput out) throws IOException {
    Wire.node(out, id);
    Wire.text(out, name, Wire.NAME_BYTES_MAX);
    Wire.endpoints(out, endpoints);
    out.writeLong(incarnation);
    Wire.uuid(out, run);
    out.writeLong(order);
    out.writeInt(priority);
    Wire.choice(out, standing);
    Wire.key(out, key);
  }

  static Entry read(DataInput in) throws IOException {
    return new Entry(
        Wire.node(in),
        Wire.text(in, Wire.NAME_BYTES_MAX),
        Wire.endpoints(in),
        in.readLong(),
        Wire.uuid(in),
        in.readLong(),
        in.readInt(),
        Wire.choice(in, Standing.class),
        Wire.key(in));
  }

  /**
   * What is said to a data folder that is behind what the cluster has seen of it.
   *
   * @param seen the last start that the cluster knows
   * @param start which start this one is, by the folder
   */
  public static String copy(long seen, long start) {
    return "the data folder is a copy, or was set back to an earlier state: the cluster has seen start "
        + seen + " of it, and this is start " + start
        + ". Run 'appliance new-identity' on this machine and start it: it joins as a new node";
  }
}
