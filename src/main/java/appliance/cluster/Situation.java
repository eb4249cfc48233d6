package appliance.cluster;

import appliance.model.ClusterView;
import appliance.model.Epoch;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * All that a decision of this node rests on, at one moment.
 *
 * @param reachable the nodes in touch, this one included, and which run of each it is
 */
record Situation(
    NodeId self, ClusterState state, Consensus.Progress progress, Map<NodeId, UUID> reachable) {

  boolean quorum() {
    long here = progress.voters().stream().filter(reachable::containsKey).count();
    return !progress.voters().isEmpty() && here >= progress.majority();
  }

  boolean isReachable(NodeId id) {
    return reachable.containsKey(id);
  }

  /** Whether the run of the member that the cluster knows is in touch, not a later one. */
  boolean isPresent(Entry member) {
    return member.run().equals(reachable.get(member.id()));
  }

  Optional<Entry> own() {
    return state.member(self);
  }

  /** Who could be master, the best first: in rotation and reachable, by priority, then by age. */
  List<Entry> candidates() {
    return state.members().values().stream()
        .filter(m -> m.standing() == Standing.ACTIVE && isPresent(m))
        .sorted(Comparator.comparingInt(Entry::priority).reversed().thenComparing(Entry::order))
        .toList();
  }

  ClusterView view(String cluster, boolean leaseValid) {
    List<Member> members = state.members().values().stream()
        .filter(m -> m.standing() != Standing.REMOVED)
        .map(this::member)
        .sorted(Comparator.comparing(Member::name))
        .toList();
    return new ClusterView(cluster, self, epoch(), master(leaseValid), quorum(), members);
  }

  private Epoch epoch() {
    return state.mastership().epoch();
  }

  /** A master is one that a majority stands behind and that can be reached; this node, if it may write. */
  private Optional<NodeId> master(boolean leaseValid) {
    Mastership mastership = state.mastership();
    return mastership
        .holder()
        .filter(id -> quorum() && mastership.phase() == Mastership.Phase.ACTIVE)
        .filter(id -> state.member(id).filter(this::isPresent).isPresent())
        .filter(id -> leaseValid || !id.equals(self));
  }

  private Member member(Entry entry) {
    MemberState shown = shown(entry);
    return new Member(entry.id(), entry.name(), entry.endpoints(), shown, reason(entry, shown));
  }

  private MemberState shown(Entry entry) {
    if (!isReachable(entry.id())) {
      return MemberState.DOWN;
    }
    if (!isPresent(entry)) {
      return MemberState.JOINING;
    }
    return switch (entry.standing()) {
      case JOINING -> MemberState.JOINING;
      case ACTIVE -> MemberState.ACTIVE;
      case DRAINING -> MemberState.DRAINING;
      case DRAINED -> MemberState.DRAINED;
      case WITNESS -> MemberState.WITNESS;
      case LEFT, REMOVED -> MemberState.DOWN;
    };
  }

  private static String reason(Entry entry, MemberState shown) {
    return switch (shown) {
      case ACTIVE -> "";
      case JOINING -> "has started and is catching up";
      case DRAINING -> "was told to drain and finishes what it has";
      case DRAINED -> "was drained; resume puts it back into rotation";
      case WITNESS -> "";
      case DOWN -> entry.standing() == Standing.LEFT ? "was stopped" : "cannot be reached";
    };
  }
}
