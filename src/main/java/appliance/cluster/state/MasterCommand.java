package appliance.cluster.state;

import appliance.model.Epoch;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/** Commands that decide who may write. Each names the epoch that it is about, and so acts only once. */
public sealed interface MasterCommand extends Command {

  Epoch epoch();

  /** The raft leader makes {@code id} the master of the epoch that follows {@code epoch}. */
  record Assign(Epoch epoch, NodeId id) implements MasterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      if (!state.mastership().epoch().equals(epoch)) {
        return Outcome.refused(state, "epoch " + epoch + " has passed");
      }
      Entry candidate = state.members().get(id);
      if (candidate == null || candidate.standing() != Standing.ACTIVE) {
        return Outcome.refused(state, "the candidate is not active");
      }
      return Outcome.accepted(state.with(state.mastership().next(id)));
    }

    @Override
    public int tag() {
      return 20;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(epoch.value());
      Wire.node(out, id);
    }

    static Assign read(DataInput in) throws IOException {
      return new Assign(new Epoch(in.readLong()), Wire.node(in));
    }
  }

  /**
   * The master asks for its lease to go on; accepted only while nobody has taken over, and also while it
   * finishes what it has.
   *
   * @param position how far its copy of the database is
   */
  record Renew(Epoch epoch, NodeId id, GtidPosition position) implements MasterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Mastership mastership = state.mastership();
      boolean goesOn = mastership.epoch().equals(epoch) && mastership.heldBy(id);
      return goesOn
          ? Outcome.accepted(state.with(mastership.acknowledging(position)))
          : Outcome.refused(state, "epoch " + epoch + " is no longer this node's");
    }

    @Override
    public Epoch grants() {
      return epoch;
    }

    @Override
    public int tag() {
      return 21;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(epoch.value());
      Wire.node(out, id);
      Wire.position(out, position);
    }

    static Renew read(DataInput in) throws IOException {
      return new Renew(new Epoch(in.readLong()), Wire.node(in), Wire.position(in));
    }
  }

  /**
   * The master has stopped writing: the next one need not wait for the end of its lease, if all who attended
   * the epoch have quit as well.
   *
   * @param position how far its copy of the database is
   */
  record Release(Epoch epoch, NodeId id, GtidPosition position) implements MasterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Mastership mastership = state.mastership();
      boolean held = mastership.epoch().equals(epoch) && mastership.heldBy(id);
      return Outcome.accepted(
          held ? state.with(mastership.vacated(true).acknowledging(position)) : state);
    }

    @Override
    public int tag() {
      return 22;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(epoch.value());
      Wire.node(out, id);
      Wire.position(out, position);
    }

    static Release read(DataInput in) throws IOException {
      return new Release(new Epoch(in.readLong()), Wire.node(in), Wire.position(in));
    }
  }

  /**
   * Takes or renews a follower lease: a node that is not master has others confirm that it keeps up with
   * {@code epoch}. As a renewal, it
   * says that nobody had taken over when it was sent. While the epoch ends none begins that, and those that
   * are at it may go on with what they have begun.
   */
  record Attend(Epoch epoch, NodeId id) implements MasterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Mastership mastership = state.mastership();
      Attendants attendants = mastership.attendants();
      if (!mastership.epoch().equals(epoch)) {
        return Outcome.refused(state, "epoch " + epoch + " is not the present one");
      }
      if (state.epochEnds() && attendants.of(id).isEmpty()) {
        return Outcome.refused(state, "epoch " + epoch + " is about to end");
      }
      boolean known = state.member(id).isPresent() || id.equals(Attendants.UNNAMED);
      return known && attendants.takes(id)
          ? Outcome.accepted(state.with(mastership.attended(attendants.with(id, state.applied()))))
          : Outcome.refused(state, "only a member can attend an epoch");
    }

    @Override
    public Epoch grants() {
      return epoch;
    }

    @Override
    public int tag() {
      return 25;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(epoch.value());
      Wire.node(out, id);
    }

    static Attend read(DataInput in) throws IOException {
      return new Attend(new Epoch(in.readLong()), Wire.node(in));
    }
  }

  /**
   * Gives a follower lease back: what the node was given to attend {@code epoch} is over: it said so itself, after the last answer that
   * it acknowledged, or what it was confirmed of has run out.
   *
   * @param at where it was confirmed last; a later confirmation stands
   */
  record Quit(Epoch epoch, NodeId id, long at) implements MasterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Mastership mastership = state.mastership();
      return Outcome.accepted(
          mastership.epoch().equals(epoch)
              ? state.with(mastership.attended(mastership.attendants().without(id, at)))
              : state);
    }

    @Override
    public int tag() {
      return 26;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(epoch.value());
      Wire.node(out, id);
      out.writeLong(at);
    }

    static Quit read(DataInput in) throws IOException {
      return new Quit(new Epoch(in.readLong()), Wire.node(in), in.readLong());
    }
  }

  /** The master is to finish what it has and release; {@code target} follows it. */
  record HandOver(Epoch epoch, NodeId target) implements MasterCommand {

    /** The refusal where there is no target. */
    public static final String NOBODY =
        "there is no active node to hand over to; resume one, or wait until one is ready";

    @Override
    public Outcome apply(ClusterState state) {
      Mastership mastership = state.mastership();
      if (isUnderWay(mastership) || mastership.isNext(epoch, target)) {
        return Outcome.accepted(state); // said twice, as the answer was lost
      }
      if (!mastership.epoch().equals(epoch) || mastership.phase() != Mastership.Phase.ACTIVE) {
        return Outcome.refused(state, "the master has changed meanwhile; look again, and repeat");
      }
      boolean possible = state.members().values().stream()
          .filter(m -> !mastership.heldBy(m.id()) && m.standing() == Standing.ACTIVE)
          .anyMatch(m -> m.id().equals(target));
      if (!possible) {
        return Outcome.refused(state, NOBODY);
      }
      return Outcome.accepted(state.with(mastership.draining(Optional.of(target))));
    }

    private boolean isUnderWay(Mastership now) {
      return now.epoch().equals(epoch)
          && now.phase() != Mastership.Phase.ACTIVE
          && now.target().equals(Optional.of(target));
    }

    @Override
    public int tag() {
      return 23;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeLong(epoch.value());
      Wire.node(out, target);
    }

    static HandOver read(DataInput in) throws IOException {
      return new HandOver(new Epoch(in.readLong()), Wire.node(in));
    }
  }
}
