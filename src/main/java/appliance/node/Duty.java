package appliance.node;

import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.MemberState;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when this node may take part and when it may be switched off: {@code JOINING} ends once it
 * has caught up, {@code DRAINING} once nothing of it is needed any more. Run by the node's loop.
 */
final class Duty implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Duty.class);

  private final Supplier<ClusterView> views;
  private final BooleanSupplier caughtUp;
  private final BooleanSupplier idle;
  private final Runnable ready;
  private final Runnable drained;
  private MemberState last = MemberState.DOWN;

  /**
   * @param caughtUp whether this node holds what the others hold
   * @param idle whether nothing is in flight towards this node, and nothing is held by it alone
   * @param ready tells the cluster that it may be given traffic
   * @param drained tells the cluster that it may be switched off
   */
  Duty(
      Supplier<ClusterView> views,
      BooleanSupplier caughtUp,
      BooleanSupplier idle,
      Runnable ready,
      Runnable drained) {
    this.views = views;
    this.caughtUp = caughtUp;
    this.idle = idle;
    this.ready = ready;
    this.drained = drained;
  }

  @Override
  public void run() {
    Optional<Member> own = views.get().own();
    if (own.isEmpty()) {
      return;
    }
    MemberState state = own.get().state();
    if (state != last) {
      last = state;
      log.info("This node is {}", state);
    }
    if (state == MemberState.JOINING && caughtUp.getAsBoolean()) {
      ready.run();
    } else if (state == MemberState.DRAINING && idle.getAsBoolean()) {
      drained.run();
    }
  }
}
