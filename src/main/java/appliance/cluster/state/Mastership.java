package appliance.cluster.state;

import appliance.model.Epoch;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/**
 * Who is master, as the cluster has agreed.
 *
 * @param holder the last one that was made master; none before the first
 * @param handedOver whether the master before {@code holder} said itself that it had stopped; if not, its
 *     lease may still run, and {@code holder} has to wait for its end. While vacant: whether {@code
 *     holder} itself said so
 * @param target who is to be the next, if someone wished for it
 * @param acknowledged how far the holder's copy of the database was when it last renewed its lease or let
 *     go of it; until a new holder has said so, the one before
 */
public record Mastership(
    Epoch epoch,
    Optional<NodeId> holder,
    Phase phase,
    boolean handedOver,
    Optional<NodeId> target,
    GtidPosition acknowledged) {

  static final Mastership NONE = new Mastership(
      Epoch.NONE, Optional.empty(), Phase.VACANT, true, Optional.empty(), GtidPosition.START);

  /** How far the holder is with its mastership. */
  public enum Phase {
    ACTIVE,
    /** The holder finishes what it has and then releases. */
    DRAINING,
    VACANT
  }

  /** Whether that node is the holder, and has not let go. */
  public boolean heldBy(NodeId id) {
    return phase != Phase.VACANT && holder.equals(Optional.of(id));
  }

  Mastership vacated(boolean inOrder) {
    return new Mastership(epoch, holder, Phase.VACANT, inOrder, target, acknowledged);
  }

  /** With a holder that is to let go, if possible to {@code next}. */
  public Mastership draining(Optional<NodeId> next) {
    return new Mastership(epoch, holder, Phase.DRAINING, handedOver, next, acknowledged);
  }

  Mastership next(NodeId id) {
    boolean clean = phase == Phase.VACANT && handedOver;
    return new Mastership(
        epoch.next(), Optional.of(id), Phase.ACTIVE, clean, Optional.empty(), acknowledged);
  }

  Mastership acknowledging(GtidPosition position) {
    return new Mastership(epoch, holder, phase, handedOver, target, position);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(epoch.value());
    Wire.maybeNode(out, holder);
    Wire.choice(out, phase);
    out.writeBoolean(handedOver);
    Wire.maybeNode(out, target);
    Wire.position(out, acknowledged);
  }

  static Mastership read(DataInput in) throws IOException {
    Epoch epoch = new Epoch(in.readLong());
    return new Mastership(
        epoch,
        Wire.maybeNode(in),
        Wire.choice(in, Phase.class),
        in.readBoolean(),
        Wire.maybeNode(in),
        Wire.position(in));
  }
}
