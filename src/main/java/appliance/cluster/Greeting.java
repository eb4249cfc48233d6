package appliance.cluster;

import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What two nodes tell each other before they share a group. */
final class Greeting {

  static final int BYTES_MAX = 32 * 1024;
  private static final int REASON_BYTES_MAX = 1024;

  private Greeting() {}

  /**
   * Who asks.
   *
   * @param name the name of the cluster that the node wants to be in
   * @param cluster the id of the cluster that it belongs to already
   * @param incarnation how often its data folder has been started in that cluster
   * @param listens where its own group listens, for a question back
   */
  record Question(
      String name,
      NodeId id,
      String node,
      Optional<UUID> cluster,
      long incarnation,
      HostPort listens) {

    byte[] encode() {
      return Wire.encode(this::write);
    }

    static Question decode(byte[] bytes) throws IOException {
      return Wire.decode(bytes, Question::read);
    }

    private void write(DataOutput out) throws IOException {
      Wire.text(out, name, Wire.NAME_BYTES_MAX);
      Wire.node(out, id);
      Wire.text(out, node, Wire.NAME_BYTES_MAX);
      maybe(out, cluster);
      out.writeLong(incarnation);
      Wire.hostPort(out, listens);
    }

    private static Question read(DataInput in) throws IOException {
      return new Question(
          Wire.text(in, Wire.NAME_BYTES_MAX),
          Wire.node(in),
          Wire.text(in, Wire.NAME_BYTES_MAX),
          maybe(in),
          in.readLong(),
          Wire.hostPort(in));
    }
  }

  /**
   * Who answers.
   *
   * @param cluster the id of its cluster; none while it looks for one itself
   * @param connected whether it is in the cluster's group
   * @param provisional whether its cluster holds nothing yet
   * @param present whether a node with the asker's id can be reached by the cluster now
   * @param refusal why the asker cannot join; empty if it can
   * @param hosts where the cluster's members listen
   */
  record Answer(
      String name,
      NodeId id,
      String node,
      Optional<UUID> cluster,
      long foundedAt,
      boolean connected,
      boolean provisional,
      boolean present,
      String refusal,
      List<HostPort> hosts) {

    Answer {
      hosts = List.copyOf(hosts);
    }

    byte[] encode() {
      return Wire.encode(this::write);
    }

    static Answer decode(byte[] bytes) throws IOException {
      return Wire.decode(bytes, Answer::read);
    }

    private void write(DataOutput out) throws IOException {
      Wire.text(out, name, Wire.NAME_BYTES_MAX);
      Wire.node(out, id);
      Wire.text(out, node, Wire.NAME_BYTES_MAX);
      maybe(out, cluster);
      out.writeLong(foundedAt);
      out.writeBoolean(connected);
      out.writeBoolean(provisional);
      out.writeBoolean(present);
      Wire.text(out, refusal, REASON_BYTES_MAX);
      out.writeInt(hosts.size());
      for (HostPort host : hosts) {
        Wire.hostPort(out, host);
      }
    }

    private static Answer read(DataInput in) throws IOException {
      return new Answer(
          Wire.text(in, Wire.NAME_BYTES_MAX),
          Wire.node(in),
          Wire.text(in, Wire.NAME_BYTES_MAX),
          maybe(in),
          in.readLong(),
          in.readBoolean(),
          in.readBoolean(),
          in.readBoolean(),
          Wire.text(in, REASON_BYTES_MAX),
          hosts(in));
    }

    private static List<HostPort> hosts(DataInput in) throws IOException {
      List<HostPort> hosts = new ArrayList<>();
      for (int left = Wire.length(in, ClusterState.MEMBERS_MAX); left > 0; left--) {
        hosts.add(Wire.hostPort(in));
      }
      return hosts;
    }
  }

  private static void maybe(DataOutput out, Optional<UUID> id) throws IOException {
    out.writeBoolean(id.isPresent());
    if (id.isPresent()) {
      Wire.uuid(out, id.get());
    }
  }

  private static Optional<UUID> maybe(DataInput in) throws IOException {
    return in.readBoolean() ? Optional.of(Wire.uuid(in)) : Optional.empty();
  }
}
