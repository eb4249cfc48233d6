package appliance.cluster.join;

import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Wire;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.trust.JoinSecret;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What two nodes tell each other before they share a group, over TLS that takes any key: the answering
 * side begins with a nonce, then comes one question and one answer. Each may carry a proof of the join
 * secret, which is bound to both keys and both nonces.
 */
public final class Greeting {

  static final int BYTES_MAX = 32 * 1024;
  private static final int REASON_BYTES_MAX = 1024;

  private Greeting() {}

  /** What a node's key is worth at the one that it asks. */
  enum Entrance {
    /** It is trusted: the node may join, or is a member. */
    OPEN,
    /** The node has proven the secret; its key is being admitted, or will be once there is a cluster. */
    SOON,
    /** Someone has to approve the key. */
    ASKS
  }

  /**
   * Random bytes of the one who sends it, and its proof of the join secret: empty if it has no secret.
   */
  static final class Proof {

    static final Proof NONE = new Proof(new byte[0], new byte[0]);

    private final byte[] nonce;
    private final byte[] bytes;

    Proof(byte[] nonce, byte[] bytes) {
      this.nonce = nonce.clone();
      this.bytes = bytes.clone();
    }

    byte[] nonce() {
      return nonce.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }

    boolean isThere() {
      return bytes.length > 0;
    }

    void write(DataOutput out) throws IOException {
      Wire.bytes(out, nonce, JoinSecret.NONCE_BYTES);
      Wire.bytes(out, bytes, JoinSecret.PROOF_BYTES);
    }

    static Proof read(DataInput in) throws IOException {
      return new Proof(
          Wire.bytes(in, JoinSecret.NONCE_BYTES), Wire.bytes(in, JoinSecret.PROOF_BYTES));
    }
  }

  /**
   * Who asks.
   *
   * @param name the name of the cluster that the node wants to be in
   * @param cluster the id of the cluster that it belongs to already
   * @param incarnation how often its data folder has been started in that cluster
   * @param listens where its own group listens, for a question back
   */
  public record Question(
      String name,
      NodeId id,
      String node,
      Optional<UUID> cluster,
      long incarnation,
      HostPort listens,
      Proof proof) {

    Question with(Proof other) {
      return new Question(name, id, node, cluster, incarnation, listens, other);
    }

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
      proof.write(out);
    }

    private static Question read(DataInput in) throws IOException {
      return new Question(
          Wire.text(in, Wire.NAME_BYTES_MAX),
          Wire.node(in),
          Wire.text(in, Wire.NAME_BYTES_MAX),
          maybe(in),
          in.readLong(),
          Wire.hostPort(in),
          Proof.read(in));
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
   * @param hosts where the cluster's members listen, first the one that lets into the group; told to those
   *     that are let in only
   * @param entrance what the asker's key is worth here
   * @param secret whether the one who answers has a secret of its own
   * @param keys of all members; told to those that are let in only
   */
  public record Answer(
      String name,
      NodeId id,
      String node,
      Optional<UUID> cluster,
      long foundedAt,
      boolean connected,
      boolean provisional,
      boolean present,
      String refusal,
      List<HostPort> hosts,
      Entrance entrance,
      boolean secret,
      Set<Fingerprint> keys,
      Proof proof) {

    public Answer {
      hosts = List.copyOf(hosts);
      keys = Set.copyOf(keys);
    }

    /** Whether the asker is let in. */
    public boolean open() {
      return entrance == Entrance.OPEN;
    }

    /** Whether {@code own}, if it holds nothing, is given up for the cluster that answers. */
    public boolean outranks(ClusterFile own) {
      if (cluster.isEmpty() || cluster.get().equals(own.cluster())) {
        return false;
      }
      boolean younger = Comparator.comparingLong(ClusterFile::foundedAt)
              .thenComparing(ClusterFile::cluster)
              .compare(own, ClusterFile.of(name, cluster.get(), foundedAt))
          > 0;
      return younger || !provisional;
    }

    Answer with(Proof other) {
      return new Answer(
          name,
          id,
          node,
          cluster,
          foundedAt,
          connected,
          provisional,
          present,
          refusal,
          hosts,
          entrance,
          secret,
          keys,
          other);
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
      Wire.choice(out, entrance);
      out.writeBoolean(secret);
      Wire.keys(out, keys);
      proof.write(out);
    }

    private static Answer read(DataInput in) throws IOException {
      return new Answer(
          Wire.text(in, Wire.NAME_BYTES_MAX),
          Wire.node(in),
          JoinRequests.printable(Wire.text(in, Wire.NAME_BYTES_MAX)),
          maybe(in),
          in.readLong(),
          in.readBoolean(),
          in.readBoolean(),
          in.readBoolean(),
          oneLine(Wire.text(in, REASON_BYTES_MAX)),
          hosts(in),
          Wire.choice(in, Entrance.class),
          in.readBoolean(),
          Wire.keys(in),
          Proof.read(in));
    }

    private static List<HostPort> hosts(DataInput in) throws IOException {
      List<HostPort> hosts = new ArrayList<>();
      for (int left = Wire.length(in, ClusterState.MEMBERS_MAX); left > 0; left--) {
        hosts.add(Wire.hostPort(in));
      }
      return hosts;
    }
  }

  /** A stranger may have written it, and it is shown in logs, terminals and pages. */
  private static String oneLine(String sentence) {
    return sentence.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
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
