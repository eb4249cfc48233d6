package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Entry;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.Standing;
import appliance.model.ClusterView;
import appliance.model.Epoch;
import appliance.model.GtidPosition;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.ReplicaProgress;
import appliance.model.Shortage;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * All that a decision of this node rests on, at one moment.
 *
 * @param reachable the nodes in touch, this one included, and which run of each it is
 * @param replicas how far the copies of the database are, of those that have said so
 */
public record Situation(
    NodeId self,
    ClusterState state,
    Consensus.Progress progress,
    Map<NodeId, UUID> reachable,
    Map<NodeId, ReplicaProgress> replicas) {

  /** Without a database. */
  Situation(
      NodeId self, ClusterState state, Consensus.Progress progress, Map<NodeId, UUID> reachable) {
    this(self, state, progress, reachable, Map.of());
  }

  /** Whether a majority of the voters is in touch. */
  public boolean quorum() {
    long here = progress.voters().stream().filter(reachable::containsKey).count();
    return !progress.voters().isEmpty() && here >= progress.majority();
  }

  /** Whether any run of the node is in touch. */
  public boolean isReachable(NodeId id) {
    return reachable.containsKey(id);
  }

  /** Whether the run of the member that the cluster knows is in touch, not a later one. */
  public boolean isPresent(Entry member) {
    return member.run().equals(reachable.get(member.id()));
  }

  /** Who has not said how far it is counts as one that has yet to say so. */
  public ReplicaProgress replica(NodeId id) {
    ReplicaProgress said = replicas.get(id);
    return said == null
        ? new ReplicaProgress(ReplicaProgress.State.CUT_OFF, GtidPosition.START)
        : said;
  }

  /** Whether {@code one} has applied all that {@code other} has, and more. */
  boolean isAhead(Entry one, Entry other) {
    GtidPosition further = replica(one.id()).position();
    GtidPosition less = replica(other.id()).position();
    return further.covers(less) && !less.covers(further);
  }

  Optional<Entry> holder() {
    return state.mastership().holder().flatMap(state::member);
  }

  /** What the cluster knows of this node. */
  public Optional<Entry> own() {
    return state.member(self);
  }

  /**
   * Who is in rotation and reachable, by priority, then by age. Which of them can be master is for {@link
   * Succession} to say.
   */
  public List<Entry> candidates() {
    return state.members().values().stream()
        .filter(m -> m.standing() == Standing.ACTIVE && isPresent(m))
        .sorted(Comparator.comparingInt(Entry::priority).reversed().thenComparing(Entry::order))
        .toList();
  }

  /**
   * Who follows the present master: whom it was told to hand over to, if that one can, or the best.
   *
   * @param patient whether one that may have all of the database in a moment is to be waited for
   */
  Succession succession(boolean patient) {
    Mastership mastership = state.mastership();
    List<Entry> others =
        candidates().stream().filter(m -> !mastership.heldBy(m.id())).toList();
    List<Entry> wished = others.stream()
        .filter(m -> mastership.target().equals(Optional.of(m.id())))
        .toList();
    Succession asWished = Succession.of(this, wished, true);
    return asWished.next().isPresent() ? asWished : Succession.of(this, others, patient);
  }

  /** Whom the present master may hand over to; what it lacks it may get before it is master. */
  public Optional<Entry> successor() {
    Mastership mastership = state.mastership();
    return succession(false)
        .next()
        .or(() -> Succession.best(
            this, candidates().stream().filter(m -> !mastership.heldBy(m.id())).toList()));
  }

  /** Why there is no master, although there is a majority. */
  private String vacancy(Lease.Stage lease) {
    return quorum() && master(lease).isEmpty() ? succession(false).refusal() : "";
  }

  /** Which voters are missing for a majority; none if it is there. */
  public Shortage shortage(boolean caughtUp) {
    if (progress.voters().isEmpty() || quorum()) {
      return Shortage.NONE;
    }
    List<String> missing = progress.voters().stream()
        .filter(id -> !isReachable(id))
        .map(id -> state.member(id).map(Entry::name).orElse(id.toString()))
        .sorted()
        .toList();
    return new Shortage(progress.voters().size(), missing, caughtUp && serves());
  }

  /** Whether this run of the node, which the cluster does not know yet, may be put to use. */
  private boolean serves() {
    return own()
        .filter(entry -> !isPresent(entry))
        .filter(entry -> !entry.standing().drains())
        .filter(
            entry -> entry.standing() != Standing.WITNESS && entry.standing() != Standing.REMOVED)
        .isPresent();
  }

  /**
   * @param caughtUp whether this node has what it could get
   */
  public ClusterView view(String cluster, Lease.Stage lease, boolean caughtUp) {
    Shortage shortage = shortage(caughtUp);
    List<Member> members = state.members().values().stream()
        .filter(m -> m.standing() != Standing.REMOVED)
        .map(entry -> member(entry, shortage))
        .sorted(Comparator.comparing(Member::name))
        .toList();
    return new ClusterView(
        cluster,
        self,
        epoch(),
        master(lease),
        quorum(),
        members,
        shortage,
        vacancy(lease),
        lease == Lease.Stage.WAITING,
        Optional.empty());
  }

  private Epoch epoch() {
    return state.mastership().epoch();
  }

  /**
   * A master is one that a majority stands behind and that can be reached; this node, if it may write, or
   * will as soon as the last one's lease has ended.
   */
  private Optional<NodeId> master(Lease.Stage lease) {
    Mastership mastership = state.mastership();
    return mastership
        .holder()
        .filter(id -> quorum() && mastership.phase() == Mastership.Phase.ACTIVE)
        .filter(id -> state.member(id).filter(this::isPresent).isPresent())
        .filter(id -> lease != Lease.Stage.NONE || !id.equals(self));
  }

  private Member member(Entry entry, Shortage shortage) {
    MemberState shown = shown(entry);
    boolean readOnly = shortage.readOnly() && entry.id().equals(self);
    String reason = readOnly
        ? "was started without a majority of the voters: serves reads only"
        : reason(entry, shown);
    return new Member(entry.id(), entry.name(), entry.endpoints(), shown, reason);
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
