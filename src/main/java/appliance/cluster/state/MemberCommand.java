package appliance.cluster.state;

import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/** Commands that change what the cluster knows about one member. */
public sealed interface MemberCommand extends Command {

  /**
   * A node has started and says where it can be reached; its order is not its to say, nor its
   * standing, but for a witness.
   *
   * @param replaces the dead member of the same name whose place it takes
   */
  record Announce(Entry entry, Optional<NodeId> replaces) implements MemberCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Optional<History.Removal> departure = state.history().departure(entry.id());
      if (departure.isPresent()) {
        return Outcome.refused(state, departure.get().refusal());
      }
      Entry known = state.members().get(entry.id());
      if (known != null && known.run().equals(entry.run())) {
        return Outcome.accepted(state.with(merged(known, known.standing())));
      }
      if (known != null && known.incarnation() >= entry.incarnation()) {
        return Outcome.refused(state, Entry.copy(known.incarnation(), entry.incarnation()));
      }
      if (known == null && state.members().size() >= ClusterState.MEMBERS_MAX) {
        return Outcome.refused(
            state,
            "the cluster has " + ClusterState.MEMBERS_MAX + " members, the most it can have");
      }
      Optional<NodeId> namesake =
          state.named(entry.name()).map(Entry::id).filter(id -> !id.equals(entry.id()));
      if (namesake.isPresent() && !namesake.equals(replaces)) {
        return Outcome.refused(
            state, "another node is named " + entry.name() + "; choose another name");
      }
      Optional<String> stranger = stranger(state);
      if (stranger.isPresent()) {
        return Outcome.refused(state, stranger.get());
      }
      ClusterState freed = namesake
          .map(id -> vacated(state, id).without(id))
          .orElse(state)
          .with(state.credentials().without(entry.key()));
      ClusterState announced = known == null
          ? freed.with(merged(entry.newestOf(freed), begins()))
          : vacated(freed, entry.id())
              .with(merged(known, known.standing().drains() ? known.standing() : begins()));
      return announced.fitsAfter(state)
          ? Outcome.accepted(announced)
          : Outcome.refused(
              state,
              "the replicated state would be larger than " + ClusterState.BYTES_MAX / 1024
                  + " KB; remove nodes that are gone (node remove), or settings");
    }

    private Standing begins() {
      return entry.standing() == Standing.WITNESS ? Standing.WITNESS : Standing.JOINING;
    }

    /** Why this key is not the entry's to show; the founder's is the first of all. */
    private Optional<String> stranger(ClusterState state) {
      Optional<Entry> holder = state.keyed(entry.key());
      if (holder.isPresent() && !holder.get().id().equals(entry.id())) {
        return Optional.of(
            "the key is that of " + holder.get().name()
                + ": this data folder is a copy; run 'appliance new-identity' on this machine and start it");
      }
      boolean welcome = holder.isPresent()
          || state.members().isEmpty()
          || state.credentials().admitted().containsKey(entry.key());
      return welcome
          ? Optional.empty()
          : Optional.of("the node's key has not been admitted. If 'identity' in its data folder was"
              + " lost, run 'appliance new-identity' on this machine and start it: it joins as a new"
              + " node, or founds a new cluster if it was the only one");
    }

    private Entry merged(Entry known, Standing standing) {
      return new Entry(
          entry.id(),
          entry.name(),
          entry.endpoints(),
          entry.incarnation(),
          entry.run(),
          known.order(),
          entry.priority(),
          standing,
          entry.key());
    }

    /** A new run of the same node knows nothing of the old one's mastership. */
    private static ClusterState vacated(ClusterState state, NodeId id) {
      Mastership mastership = state.mastership();
      return mastership.heldBy(id) ? state.with(mastership.vacated(false)) : state;
    }

    @Override
    public int tag() {
      return 10;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      entry.write(out);
      Wire.maybeNode(out, replaces);
    }

    static Announce read(DataInput in) throws IOException {
      return new Announce(Entry.read(in), Wire.maybeNode(in));
    }
  }

  /** A node has caught up and may take traffic. */
  record Ready(NodeId id, UUID run) implements MemberCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Entry known = state.staying(id);
      if (known == null || !known.run().equals(run)) {
        return Outcome.refused(state, "this run of the node has not been announced");
      }
      return Outcome.accepted(
          known.standing() == Standing.JOINING ? state.with(known.with(Standing.ACTIVE)) : state);
    }

    @Override
    public int tag() {
      return 11;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.node(out, id);
      Wire.uuid(out, run);
    }
  }

  /** An operator takes a node out of the rotation. */
  record Drain(NodeId id) implements MemberCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Entry known = state.staying(id);
      if (known == null) {
        return Outcome.refused(state, "the node is not a member any more");
      }
      if (known.standing().drains()) {
        return Outcome.accepted(state);
      }
      boolean othersActive = state.members().values().stream()
          .anyMatch(m -> !m.id().equals(id) && m.standing() == Standing.ACTIVE);
      if (!othersActive) {
        return Outcome.refused(
            state,
            known.name() + " is the last active node; resume another one first, or stop this one");
      }
      return Outcome.accepted(state.with(known.with(Standing.DRAINING)));
    }

    @Override
    public int tag() {
      return 12;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.node(out, id);
    }
  }

  /** A draining node has nothing left to do. */
  record Drained(NodeId id) implements MemberCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Entry known = state.staying(id);
      if (known == null || known.standing() != Standing.DRAINING) {
        return Outcome.accepted(state);
      }
      return Outcome.accepted(state.with(known.with(Standing.DRAINED)));
    }

    @Override
    public int tag() {
      return 13;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.node(out, id);
    }
  }

  /** An operator puts a drained node back; it is active again once it says that it is ready. */
  record Resume(NodeId id) implements MemberCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Entry known = state.staying(id);
      if (known == null) {
        return Outcome.refused(state, "the node is not a member any more");
      }
      return Outcome.accepted(
          known.standing().drains() ? state.with(known.with(Standing.JOINING)) : state);
    }

    @Override
    public int tag() {
      return 14;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.node(out, id);
    }
  }

  /** A node ends in order: it has stopped writing, and remains a voter. */
  record Leave(NodeId id, UUID run) implements MemberCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Entry known = state.staying(id);
      if (known == null || !known.run().equals(run)) {
        return Outcome.accepted(state);
      }
      Mastership mastership = state.mastership();
      // One that took over by force may not have waited for the end of the lease before its own.
      ClusterState freed =
          mastership.heldBy(id) ? state.with(mastership.vacated(mastership.handedOver())) : state;
      Standing standing = known.standing().drains() ? known.standing() : Standing.LEFT;
      return Outcome.accepted(freed.with(known.with(standing)));
    }

    @Override
    public int tag() {
      return 15;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.node(out, id);
      Wire.uuid(out, run);
    }
  }
}
