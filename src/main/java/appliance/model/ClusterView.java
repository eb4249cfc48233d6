package appliance.model;

import java.util.List;
import java.util.Optional;

/**
 * The cluster as this node knows it at one moment: immutable, published whole, the same on every node
 * that has applied the same log.
 *
 * @param cluster the cluster's name
 * @param self this node
 * @param epoch the mastership that {@code master} holds; never falls
 * @param master the member that may write as the cluster's one, if there is one
 * @param quorum whether this node is in touch with a majority of the voters
 * @param members everyone known, down ones included, ordered by name
 * @param shortage who is missing, while there is no majority
 * @param vacancy why none of those who are here can be master; empty if one can
 * @param waiting whether this node is the master and may not write yet: the last one's lease may still run
 * @param joining what this node waits for before it is in the cluster
 */
public record ClusterView(
    String cluster,
    NodeId self,
    Epoch epoch,
    Optional<NodeId> master,
    boolean quorum,
    List<Member> members,
    Shortage shortage,
    String vacancy,
    boolean waiting,
    Optional<Wait> joining) {

  public ClusterView {
    members = List.copyOf(members);
  }

  /** As far as it is not known why there is no majority or no master. */
  public ClusterView(
      String cluster,
      NodeId self,
      Epoch epoch,
      Optional<NodeId> master,
      boolean quorum,
      List<Member> members) {
    this(cluster, self, epoch, master, quorum, members, Shortage.NONE, "", false, Optional.empty());
  }

  /** What a node knows before it has joined: nobody. */
  public static ClusterView empty(String cluster, NodeId self) {
    return empty(cluster, self, Optional.empty());
  }

  /** The same, of a node that waits for something. */
  public static ClusterView empty(String cluster, NodeId self, Optional<Wait> joining) {
    return new ClusterView(
        cluster,
        self,
        Epoch.NONE,
        Optional.empty(),
        false,
        List.of(),
        Shortage.NONE,
        "",
        false,
        joining);
  }

  public Optional<Member> member(NodeId id) {
    return members.stream().filter(m -> m.id().equals(id)).findFirst();
  }

  public Optional<Member> named(String name) {
    return members.stream().filter(m -> m.name().equals(name)).findFirst();
  }

  public Optional<Member> masterMember() {
    return master.flatMap(this::member);
  }

  /** The member that writes may be sent to: the master, unless it is known to have to wait. */
  public Optional<NodeId> writer() {
    return waiting ? Optional.empty() : master;
  }

  public boolean isMaster() {
    return master.equals(Optional.of(self));
  }

  public Optional<Member> own() {
    return member(self);
  }

  /** Whether there is a master, and this node is neither on its way in nor out. */
  public boolean settled() {
    return writer().isPresent()
        && own()
            .filter(m -> m.state() == MemberState.ACTIVE
                || m.state() == MemberState.DRAINED
                || m.state() == MemberState.WITNESS)
            .isPresent();
  }
}
