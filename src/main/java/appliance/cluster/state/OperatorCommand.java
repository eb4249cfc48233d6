package appliance.cluster.state;

import appliance.model.Epoch;
import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/** Commands that only an operator gives, and that leave a trace in the {@link History}; and what follows. */
public sealed interface OperatorCommand extends Command {

  /**
   * The node is to go, and its identity is refused from now on. {@link Forget} follows when it has no vote
   * any more.
   */
  record Remove(NodeId id, OperatorAct act) implements OperatorCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Optional<Entry> known = state.member(id);
      if (known.isEmpty()) {
        return state.history().departure(id).isPresent()
            ? Outcome.accepted(state)
            : Outcome.refused(state, "the node is not a member any more");
      }
      if (known.get().standing() == Standing.REMOVED) {
        return Outcome.accepted(state);
      }
      if (state.members().values().stream()
          .allMatch(m -> m.id().equals(id) || m.standing() == Standing.REMOVED)) {
        return Outcome.refused(
            state, known.get().name() + " is the only member: there is nothing to remove it from");
      }
      Mastership mastership = state.mastership();
      ClusterState freed = mastership.heldBy(id) ? state.with(mastership.vacated(false)) : state;
      History history =
          state.history().departed(id, new History.Removal(known.get().name(), act));
      return Outcome.accepted(freed.with(known.get().with(Standing.REMOVED)).with(history));
    }

    @Override
    public int tag() {
      return 40;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.node(out, id);
      act.write(out);
    }

    static Remove read(DataInput in) throws IOException {
      return new Remove(Wire.node(in), OperatorAct.read(in));
    }
  }

  /** The key of a removed node is taken by nobody any more, and what it knew lets nobody in. */
  record Forget(NodeId id) implements OperatorCommand {
    @Override
    public Outcome apply(ClusterState state) {
      boolean removed =
          state.member(id).filter(m -> m.standing() == Standing.REMOVED).isPresent();
      return Outcome.accepted(removed ? state.expelled(id) : state);
    }

    @Override
    public int tag() {
      return 43;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.node(out, id);
    }
  }

  /**
   * The operator makes {@code id} the master of the epoch that follows {@code epoch}, whatever the
   * cluster thinks of it.
   */
  record Promote(Epoch epoch, NodeId id, OperatorAct act) implements OperatorCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Entry candidate = state.staying(id);
      if (state.mastership().isNext(epoch, id)) {
        return Outcome.accepted(state); // said twice, as the answer was lost
      }
      if (!state.mastership().epoch().equals(epoch)) {
        return Outcome.refused(state, "the master has changed meanwhile; look again, and repeat");
      }
      if (candidate == null || candidate.standing() != Standing.ACTIVE) {
        return Outcome.refused(
            state, "only an active node can be promoted; wait until it is, or resume it");
      }
      return Outcome.accepted(
          state.with(state.mastership().next(id)).with(state.history().with(act)));
    }

    @Override
    public int tag() {
      return 41;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(epoch.value());
      Wire.node(out, id);
      act.write(out);
    }

    static Promote read(DataInput in) throws IOException {
      return new Promote(new Epoch(in.readLong()), Wire.node(in), OperatorAct.read(in));
    }
  }

  /** The first entry of a cluster that goes on from another one's state. */
  record Recover(ClusterState carried, OperatorAct act) implements OperatorCommand {
    @Override
    public Outcome apply(ClusterState state) {
      return state.cluster().isPresent()
          ? Outcome.refused(state, "the cluster has been founded already")
          : Outcome.accepted(carried.appliedLike(state));
    }

    @Override
    public int tag() {
      return 42;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      byte[] state = carried.encode();
      out.writeInt(state.length);
      out.write(state);
      act.write(out);
    }

    static Recover read(DataInput in) throws IOException {
      byte[] state = new byte[Wire.length(in, BYTES_MAX)];
      in.readFully(state);
      return new Recover(ClusterState.decode(state), OperatorAct.read(in));
    }
  }
}
