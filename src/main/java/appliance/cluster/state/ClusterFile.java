package appliance.cluster.state;

import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.Force;
import appliance.runtime.Removal;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What a node must know before it can read the log, kept in {@code DATA/cluster/membership}.
 *
 * @param name the cluster's name
 * @param cluster the cluster's id
 * @param foundedAt milliseconds since 1970, by the founder's clock
 * @param founder whether this node has founded the cluster
 * @param incarnation how often this folder has been started
 * @param voters as last known
 * @param hosts where other members were last seen
 * @param keys whom this node has trusted last
 */
public record ClusterFile(
    String name,
    UUID cluster,
    long foundedAt,
    boolean founder,
    long incarnation,
    Set<NodeId> voters,
    List<HostPort> hosts,
    Set<Fingerprint> keys) {

  private static final int BYTES_MAX = 256 * 1024;

  /** With which a start sees whether the disk takes anything. */
  public static final String START_PROBE = "start-probe";

  /** With which it is seen whether there is room. */
  public static final String ROOM_PROBE = "room";

  private static final Set<String> PROBES = Set.of(START_PROBE, ROOM_PROBE);

  public ClusterFile {
    voters = Set.copyOf(voters);
    hosts = List.copyOf(hosts);
    keys = Set.copyOf(keys);
  }

  /** A cluster of which no more than that is known. */
  public static ClusterFile of(String name, UUID cluster, long foundedAt) {
    return new ClusterFile(name, cluster, foundedAt, false, 0, Set.of(), List.of(), Set.of());
  }

  /** After one more start of the folder. */
  public ClusterFile started() {
    return new ClusterFile(name, cluster, foundedAt, founder, incarnation + 1, voters, hosts, keys);
  }

  /** After another cluster has seen {@code starts} starts of the folder, if those were more. */
  public ClusterFile startedAfter(long starts) {
    long all = Math.max(incarnation, starts);
    return new ClusterFile(name, cluster, foundedAt, founder, all, voters, hosts, keys);
  }

  /** With other voters. */
  public ClusterFile with(Set<NodeId> other) {
    return new ClusterFile(name, cluster, foundedAt, founder, incarnation, other, hosts, keys);
  }

  /** With other hosts. */
  public ClusterFile with(List<HostPort> other) {
    return new ClusterFile(name, cluster, foundedAt, founder, incarnation, voters, other, keys);
  }

  /** With other keys. */
  public ClusterFile trusting(Set<Fingerprint> other) {
    return new ClusterFile(name, cluster, foundedAt, founder, incarnation, voters, hosts, other);
  }

  /** Where it lies. */
  public static Path path(Path data) {
    return folder(data).resolve("membership");
  }

  /** All that this node keeps of its cluster. */
  public static Path folder(Path data) {
    return data.resolve("cluster");
  }

  /** Where in there the log lies. */
  public static Path log(Path data) {
    return folder(data).resolve("raft");
  }

  /** Whether a disk is only tried with it: it is there for a moment, beside the log and elsewhere. */
  public static boolean isProbe(Path file) {
    return PROBES.contains(String.valueOf(file.getFileName()));
  }

  /** Reads the file, if this node belongs to a cluster already. */
  public static Optional<ClusterFile> read(Path data) throws IOException {
    Path file = path(data);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + " is too long");
    }
    try {
      return Optional.of(Wire.decode(Files.readAllBytes(file), ClusterFile::read));
    } catch (EOFException e) {
      throw new IOException(
          file
              + " is damaged: check this machine's disk, run 'appliance new-identity', and start it: it"
              + " joins as a new node",
          e);
    }
  }

  /** Deletes all that this node keeps of its cluster; the file first: what is left counts for nothing. */
  public static void delete(Path data) throws IOException {
    MemberMark.remove(data);
    Path folder = folder(data);
    if (!Files.exists(folder)) {
      return;
    }
    Files.deleteIfExists(path(data));
    Removal.of(folder);
  }

  /** Replaces the file; on disk when this returns. */
  public void write(Path data) throws IOException {
    Path folder = folder(data);
    Path file = path(data);
    Path part = folder.resolve("membership.part");
    boolean begins = Files.notExists(folder);
    Files.createDirectories(folder);
    try (FileChannel channel = FileChannel.open(
        part,
        StandardOpenOption.WRITE,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(Wire.encode(this::write));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Force.DISK.of(folder);
    if (begins) {
      Force.DISK.of(data);
    }
  }

  private void write(DataOutput out) throws IOException {
    Wire.text(out, name, Wire.NAME_BYTES_MAX);
    Wire.uuid(out, cluster);
    out.writeLong(foundedAt);
    out.writeBoolean(founder);
    out.writeLong(incarnation);
    out.writeInt(voters.size());
    for (NodeId voter : new TreeSet<>(voters)) {
      Wire.node(out, voter);
    }
    out.writeInt(hosts.size());
    for (HostPort host : hosts) {
      Wire.hostPort(out, host);
    }
    Wire.keys(out, keys);
  }

  private static ClusterFile read(DataInput in) throws IOException {
    String name = Wire.text(in, Wire.NAME_BYTES_MAX);
    UUID cluster = Wire.uuid(in);
    long foundedAt = in.readLong();
    boolean founder = in.readBoolean();
    long incarnation = in.readLong();
    Set<NodeId> voters = new TreeSet<>();
    for (int left = Wire.length(in, ClusterState.MEMBERS_MAX); left > 0; left--) {
      voters.add(Wire.node(in));
    }
    return new ClusterFile(
        name, cluster, foundedAt, founder, incarnation, voters, hosts(in), Wire.keys(in));
  }

  private static List<HostPort> hosts(DataInput in) throws IOException {
    List<HostPort> hosts = new ArrayList<>();
    for (int left = Wire.length(in, ClusterState.MEMBERS_MAX); left > 0; left--) {
      hosts.add(Wire.hostPort(in));
    }
    return hosts;
  }
}
