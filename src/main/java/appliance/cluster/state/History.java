package appliance.cluster.state;

import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the cluster must not forget of what is over: who is no member any more, which clusters this one
 * goes on from, and what an operator has forced. Bounded: the oldest go first.
 *
 * @param departed those whose identity is refused from now on
 * @param former the ids of the clusters whose state this one has taken over, the oldest first
 * @param forced what an operator has forced, the oldest first
 */
public record History(
    NavigableMap<NodeId, Removal> departed, List<UUID> former, List<OperatorAct> forced) {

  static final int DEPARTED_MAX = 128;
  static final int FORMER_MAX = 8;
  static final int FORCED_MAX = 16;

  /** Nothing has happened yet. */
  public static final History EMPTY = new History(new TreeMap<>(), List.of(), List.of());

  public History {
    departed = Collections.unmodifiableNavigableMap(new TreeMap<>(departed));
    former = List.copyOf(former);
    forced = List.copyOf(forced);
  }

  /**
   * How a node went.
   *
   * @param name its name then
   * @param act who removed it, and when
   */
  public record Removal(String name, OperatorAct act) {

    /** For whoever starts that node again. */
    public String refusal() {
      return "this node (" + name + ") is no member any more: " + act.text()
          + ". To use this machine again, run 'appliance new-identity' on it and start it with the"
          + " present secret ('appliance secret' on a member), or without one and approve it";
    }
  }

  /** How the node went; empty for one that did not. */
  public Optional<Removal> departure(NodeId id) {
    return Optional.ofNullable(departed.get(id));
  }

  /** With one more that went; of too many, the earliest is forgotten. */
  public History departed(NodeId id, Removal departure) {
    NavigableMap<NodeId, Removal> all = new TreeMap<>(departed);
    all.put(id, departure);
    if (all.size() > DEPARTED_MAX) {
      all.entrySet().stream()
          .min(Map.Entry.comparingByValue(
              java.util.Comparator.comparingLong(d -> d.act().atMillis())))
          .map(Map.Entry::getKey)
          .ifPresent(all::remove);
    }
    return new History(all, former, forced);
  }

  /** Whether an operator has forced something that the status still warns of. */
  public boolean forcedLately() {
    return forced.stream().anyMatch(OperatorAct::isRecent);
  }

  /** What an operator has forced last. */
  public Optional<String> last() {
    return forced.isEmpty()
        ? Optional.empty()
        : Optional.of(forced.get(forced.size() - 1).text());
  }

  /** This history in a cluster that goes on from {@code cluster}. */
  public History after(UUID cluster) {
    return new History(departed, lastOf(former, cluster, FORMER_MAX), forced);
  }

  /** With one more act. */
  public History with(OperatorAct act) {
    return new History(departed, former, lastOf(forced, act, FORCED_MAX));
  }

  private static <T> List<T> lastOf(List<T> known, T next, int max) {
    List<T> all = new ArrayList<>(known);
    all.add(next);
    return all.subList(Math.max(0, all.size() - max), all.size());
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(departed.size());
    for (Map.Entry<NodeId, Removal> each : departed.entrySet()) {
      Wire.node(out, each.getKey());
      Wire.text(out, each.getValue().name(), Wire.NAME_BYTES_MAX);
      each.getValue().act().write(out);
    }
    out.writeInt(former.size());
    for (UUID cluster : former) {
      Wire.uuid(out, cluster);
    }
    out.writeInt(forced.size());
    for (OperatorAct act : forced) {
      act.write(out);
    }
  }

  static History read(DataInput in) throws IOException {
    NavigableMap<NodeId, Removal> departed = new TreeMap<>();
    for (int left = Wire.length(in, DEPARTED_MAX); left > 0; left--) {
      departed.put(
          Wire.node(in), new Removal(Wire.text(in, Wire.NAME_BYTES_MAX), OperatorAct.read(in)));
    }
    List<UUID> former = new ArrayList<>();
    for (int left = Wire.length(in, FORMER_MAX); left > 0; left--) {
      former.add(Wire.uuid(in));
    }
    List<OperatorAct> forced = new ArrayList<>();
    for (int left = Wire.length(in, FORCED_MAX); left > 0; left--) {
      forced.add(OperatorAct.read(in));
    }
    return new History(departed, former, forced);
  }
}
