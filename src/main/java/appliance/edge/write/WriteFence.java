package appliance.edge.write;

import appliance.model.Attendance;
import appliance.model.ClusterView;
import appliance.model.Epoch;
import appliance.model.NodeId;
import appliance.model.WriteRight;
import appliance.runtime.Published;

/**
 * Decides which writes this node's application may be given, and whether their answers may be passed on.
 * Any thread.
 *
 * @param right of this node to write as master
 * @param attendance what stands behind its writes while it is not
 * @param late answers that wait for either to be back
 */
public record WriteFence(
    Published<ClusterView> views, WriteRight right, Attendance attendance, LateAnswers late) {

  /** With as many late answers as are usual. */
  public WriteFence(Published<ClusterView> views, WriteRight right, Attendance attendance) {
    this(views, right, attendance, new LateAnswers());
  }

  /** Why a write is not let through; nothing of it has reached an application. */
  public static class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String reason) {
      super(reason, null, false, false);
    }
  }

  /** As {@link Refused}, and the cluster has been asked for what is missing: likely a moment later. */
  public static final class Unconfirmed extends Refused {
    private static final long serialVersionUID = 1;

    Unconfirmed(String reason) {
      super(reason);
    }
  }

  /** That of the newest view. */
  public Epoch epoch() {
    return views.get().epoch();
  }

  /** This node. */
  public NodeId self() {
    return views.get().self();
  }

  /** Lets a write through to this node's own application; the pass is to be ended. */
  public WritePass admit(WriteOrder order) throws Refused {
    ClusterView view = views.get();
    if (!order.epoch().equals(Epoch.NONE) && order.epoch().compareTo(view.epoch()) < 0) {
      throw new Refused("epoch " + order.epoch() + " has passed, it is " + view.epoch() + " now");
    }
    if (order.purpose() == Purpose.MASTER || view.isMaster()) {
      return asMaster(order.epoch());
    }
    if (view.master().isEmpty()) {
      throw new Refused("this node knows of no master");
    }
    if (view.epoch().compareTo(order.epoch()) < 0) {
      throw new Refused("this node has not heard of epoch " + order.epoch() + " yet");
    }
    if (!attendance.begin(view.epoch())) {
      throw new Unconfirmed(
          "the cluster has not confirmed this node in epoch " + view.epoch() + " yet");
    }
    return new WritePass(view.epoch(), new Attended(), late);
  }

  private WritePass asMaster(Epoch ordered) throws Refused {
    Epoch epoch = right.begin();
    if (epoch.equals(Epoch.NONE)) {
      throw new Refused("this node may not write as master now");
    }
    if (epoch.compareTo(ordered) < 0) {
      right.end();
      throw new Refused("this node is master of epoch " + epoch + ", not of " + ordered);
    }
    return new WritePass(epoch, new AsMaster(), late);
  }

  /** A write of the master stands in its own epoch or not at all. */
  private final class AsMaster implements WritePass.Backing {

    @Override
    public Epoch standsIn(Epoch begun) {
      return right.stands(begun) ? begun : Epoch.NONE;
    }

    @Override
    public boolean mayStand(Epoch begun) {
      return right.mayStand(begun);
    }

    @Override
    public void end() {
      right.end();
    }
  }

  /** That of another node stands in the present epoch, where that is confirmed or this node's. */
  private final class Attended implements WritePass.Backing {

    @Override
    public Epoch standsIn(Epoch begun) {
      Epoch now = epoch();
      if (attendance.confirms(now) || right.stands(now)) {
        return now;
      }
      return attendance.confirms(begun) ? begun : Epoch.NONE;
    }

    @Override
    public boolean mayStand(Epoch begun) {
      ClusterView view = views.get();
      Epoch now = view.epoch();
      return now.equals(begun)
          || attendance.awaits(now)
          || (view.isMaster() && right.mayStand(now));
    }

    @Override
    public void end() {
      attendance.end();
    }
  }
}
