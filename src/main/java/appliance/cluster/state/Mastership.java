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
 * @param handedOver whether the master before {@code holder} said itself that it had stopped, and nobody
 *     attended its epoch any more; if not, a right to acknowledge may still run, and {@code holder} has to
 *     wait for its end. While vacant: whether that is so of {@code holder}
 * @param target who is to be the next, if someone wished for it
 * @param acknowledged how far the holder's copy of the database was when it last renewed its lease or let
 *     go of it; until a new holder has said so, the one before
 * @param attendants who else may acknowledge writes of this epoch
 */
public record Mastership(
    Epoch epoch,
    Optional<NodeId> holder,
    Phase phase,
    boolean handedOver,
    Optional<NodeId> target,
    GtidPosition acknowledged,
    Attendants attendants) {

  static final Mastership NONE = new Mastership(
      Epoch.NONE, Optional.empty(), Phase.VACANT, true, Optional.empty(), GtidPosition.START);

  private static final int HANDED_OVER = 1;
  private static final int ATTENDED = 2;

  /** Of an epoch that nobody attends. */
  public Mastership(
      Epoch epoch,
      Optional<NodeId> holder,
      Phase phase,
      boolean handedOver,
      Optional<NodeId> target,
      GtidPosition acknowledged) {
    this(epoch, holder, phase, handedOver, target, acknowledged, Attendants.NONE);
  }

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

  /** Whether that node is the holder, and the mastership of {@code before} was the last one. */
  boolean isNext(Epoch before, NodeId id) {
    return heldBy(id) && epoch.equals(before.next());
  }

  /**
   * @param stopped whether the holder has surely stopped, and every master before it
   */
  Mastership vacated(boolean stopped) {
    boolean inOrder = stopped && attendants.isEmpty();
    return new Mastership(epoch, holder, Phase.VACANT, inOrder, target, acknowledged, attendants);
  }

  /** With a holder that is to let go, if possible to {@code next}. */
  public Mastership draining(Optional<NodeId> next) {
    return new Mastership(
        epoch, holder, Phase.DRAINING, handedOver, next, acknowledged, attendants);
  }

  Mastership next(NodeId id) {
    boolean clean = phase == Phase.VACANT && handedOver;
    return new Mastership(
        epoch.next(), Optional.of(id), Phase.ACTIVE, clean, Optional.empty(), acknowledged);
  }

  Mastership acknowledging(GtidPosition position) {
    return new Mastership(epoch, holder, phase, handedOver, target, position, attendants);
  }

  Mastership attended(Attendants by) {
    return new Mastership(epoch, holder, phase, handedOver, target, acknowledged, by);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(epoch.value());
    Wire.maybeNode(out, holder);
    Wire.choice(out, phase);
    out.writeByte((handedOver ? HANDED_OVER : 0) | (attendants.isEmpty() ? 0 : ATTENDED));
    Wire.maybeNode(out, target);
    Wire.position(out, acknowledged);
    if (!attendants.isEmpty()) {
      attendants.write(out);
    }
  }

  static Mastership read(DataInput in) throws IOException {
    Epoch epoch = new Epoch(in.readLong());
    Optional<NodeId> holder = Wire.maybeNode(in);
    Phase phase = Wire.choice(in, Phase.class);
    int flags = in.readUnsignedByte();
    return new Mastership(
        epoch,
        holder,
        phase,
        (flags & HANDED_OVER) != 0,
        Wire.maybeNode(in),
        Wire.position(in),
        (flags & ATTENDED) == 0 ? Attendants.NONE : Attendants.read(in));
  }
}
