package appliance.cluster.state;

import appliance.model.Fingerprint;
import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the replicated log adds up to: the same on every node that has applied the same entries.
 *
 * @param cluster the cluster's id; none before its first entry
 * @param applied how many commands have been applied
 * @param held whether the cluster is more than its founder's empty first hour: another member has been
 *     there, a person has set something, or a node has content. Never falls back
 * @param credentials whom to let in besides the members
 * @param history what is over, and must not be forgotten
 */
public record ClusterState(
    Optional<UUID> cluster,
    long applied,
    boolean held,
    Mastership mastership,
    SortedMap<NodeId, Entry> members,
    SortedMap<String, String> settings,
    Credentials credentials,
    History history) {

  /** Of members, the witness included. */
  public static final int MEMBERS_MAX = 64;

  static final int SETTINGS_MAX = 1000;
  static final int KEY_BYTES_MAX = 255;
  static final int VALUE_BYTES_MAX = 16 * 1024;
  static final int SETTINGS_BYTES_MAX = 64 * 1024;

  /** Of all that is replicated, encoded: each node has it in memory and sends it to newcomers. */
  static final int BYTES_MAX = 100 * 1024;

  /** Before the first command. */
  public static final ClusterState EMPTY = new ClusterState(
      Optional.empty(),
      0,
      false,
      Mastership.NONE,
      new TreeMap<>(),
      new TreeMap<>(),
      Credentials.NONE,
      History.EMPTY);

  public ClusterState {
    members = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(members));
    settings = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** Empty for a node that is no member. */
  public Optional<Entry> member(NodeId id) {
    return Optional.ofNullable(members.get(id));
  }

  /** The member, if it is to stay one; null if there is none. */
  @Nullable
  public Entry staying(NodeId id) {
    Entry member = members.get(id);
    return member == null || member.standing() == Standing.REMOVED ? null : member;
  }

  /** The member of that name. */
  public Optional<Entry> named(String name) {
    return members.values().stream().filter(m -> m.name().equals(name)).findFirst();
  }

  /** After one more command, whatever becomes of it. */
  public ClusterState counted() {
    return new ClusterState(
        cluster, applied + 1, held, mastership, members, settings, credentials, history);
  }

  /** With the id that it keeps. */
  public ClusterState founded(UUID id) {
    return new ClusterState(
        Optional.of(id), applied, held, mastership, members, settings, credentials, history);
  }

  /** With another master. */
  public ClusterState with(Mastership other) {
    return new ClusterState(cluster, applied, held, other, members, settings, credentials, history);
  }

  /** With this entry in the place of the same node's. */
  public ClusterState with(Entry entry) {
    SortedMap<NodeId, Entry> all = new TreeMap<>(members);
    all.put(entry.id(), entry);
    return new ClusterState(
        cluster, applied, held || all.size() > 1, mastership, all, settings, credentials, history);
  }

  ClusterState without(NodeId id) {
    SortedMap<NodeId, Entry> all = new TreeMap<>(members);
    all.remove(id);
    return new ClusterState(
        cluster, applied, held, mastership, all, settings, credentials, history);
  }

  /** With other settings; those that a person has made are content. */
  public ClusterState with(Map<String, String> settings, boolean byPerson) {
    return new ClusterState(
        cluster,
        applied,
        held || byPerson,
        mastership,
        members,
        new TreeMap<>(settings),
        credentials,
        history);
  }

  /** With other credentials. */
  public ClusterState with(Credentials other) {
    return new ClusterState(cluster, applied, held, mastership, members, settings, other, history);
  }

  /**
   * Without a member that is to stay out: its key is taken by nobody any more, and what it knew lets
   * nobody in.
   */
  public ClusterState expelled(NodeId id) {
    return without(id).with(credentials.afterRemoval());
  }

  /** With another history. */
  public ClusterState with(History other) {
    return new ClusterState(
        cluster, applied, held, mastership, members, settings, credentials, other);
  }

  /** As this one, at the place in the log where {@code other} is. */
  ClusterState appliedLike(ClusterState other) {
    return new ClusterState(
        cluster, other.applied, held, mastership, members, settings, credentials, history);
  }

  /** The cluster holds something from now on: it is not given up for another one any more. */
  public ClusterState holding() {
    return new ClusterState(
        cluster, applied, true, mastership, members, settings, credentials, history);
  }

  /** Whether the master is to let go, or has, or is gone: nothing more may begin in its epoch. */
  public boolean epochEnds() {
    return mastership.phase() != Mastership.Phase.ACTIVE
        || mastership.holder().flatMap(this::member).stream()
            .noneMatch(m -> m.standing() == Standing.ACTIVE);
  }

  /** With room for what is changed without being asked about. */
  boolean fits() {
    return bytes() <= BYTES_MAX;
  }

  /**
   * Whether it may take the place of {@code before}. That may be too large by now, by what nobody is asked about: who is removed is
   * remembered, for example. What makes it no larger is let in all the same, as a member that comes back.
   */
  boolean fitsAfter(ClusterState before) {
    return fits() || bytes() <= before.bytes();
  }

  private int bytes() {
    ClusterState least =
        with(mastership.attended(Attendants.NONE)).with(credentials.refusing(List.of()));
    return least.encode().length + Attendants.BYTES_MAX + Credentials.REFUSED_BYTES_MAX;
  }

  /** The member that shows this key. */
  Optional<Entry> keyed(Fingerprint key) {
    return members.values().stream().filter(m -> m.key().equals(key)).findFirst();
  }

  /** As a snapshot has it. */
  public byte[] encode() {
    return Wire.encode(this::write);
  }

  /**
   * @throws IOException if that is no state of this version
   */
  public static ClusterState decode(byte[] bytes) throws IOException {
    return Wire.decode(bytes, ClusterState::read);
  }

  private void write(DataOutput out) throws IOException {
    out.writeBoolean(cluster.isPresent());
    if (cluster.isPresent()) {
      Wire.uuid(out, cluster.get());
    }
    out.writeLong(applied);
    out.writeBoolean(held);
    mastership.write(out);
    out.writeInt(members.size());
    for (Entry member : members.values()) {
      member.write(out);
    }
    out.writeInt(settings.size());
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      Wire.text(out, setting.getKey(), KEY_BYTES_MAX);
      Wire.text(out, setting.getValue(), VALUE_BYTES_MAX);
    }
    credentials.write(out);
    history.write(out);
  }

  private static ClusterState read(DataInput in) throws IOException {
    Optional<UUID> cluster = in.readBoolean() ? Optional.of(Wire.uuid(in)) : Optional.empty();
    long applied = in.readLong();
    boolean held = in.readBoolean();
    Mastership mastership = Mastership.read(in);
    SortedMap<NodeId, Entry> members = new TreeMap<>();
    for (int left = Wire.length(in, MEMBERS_MAX); left > 0; left--) {
      Entry member = Entry.read(in);
      members.put(member.id(), member);
    }
    SortedMap<String, String> settings = new TreeMap<>();
    for (int left = Wire.length(in, SETTINGS_MAX); left > 0; left--) {
      settings.put(Wire.text(in, KEY_BYTES_MAX), Wire.text(in, VALUE_BYTES_MAX));
    }
    return new ClusterState(
        cluster,
        applied,
        held,
        mastership,
        members,
        settings,
        Credentials.read(in),
        History.read(in));
  }
}
