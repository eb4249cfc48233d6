package appliance.edge.health;

import appliance.edge.proxy.LocalCall;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.Lane;
import appliance.edge.upstream.Lanes;
import appliance.edge.upstream.Threads;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link Apps} has done on the I/O threads; nothing before they run. */
public final class AppPorts implements Apps.Ports, GroupHealth.Checks {

  private final Lanes lanes;
  private final Own own;
  private final Runnable clientsGoAway;
  private volatile @Nullable Threads threads;

  /** This node's applications that are not reached by a connection from here. */
  public interface Own {

    /** What is called within this process for {@code app}, single or one among several. */
    @Nullable
    LocalCall call(App app);

    /** The several that {@code app} is. */
    @Nullable
    GroupHealth group(App app);
  }

  /**
   * @param clientsGoAway tells the clients of this node to connect anew
   */
  public AppPorts(Lanes lanes, Own own, Runnable clientsGoAway) {
    this.lanes = lanes;
    this.own = own;
    this.clientsGoAway = clientsGoAway;
  }

  /** From here on there are I/O threads to act on. */
  public void started(Threads running) {
    threads = running;
  }

  @Override
  public void check(App app, HealthRules rules, Consumer<@Nullable Failure> result) {
    Threads running = threads;
    GroupHealth group = own.group(app);
    if (group != null) {
      group.check(result);
      return;
    }
    LocalCall local = own.call(app);
    if (local != null && running != null) {
      running.worker.execute(() -> result.accept(local.check()));
      return;
    }
    Lane lane = lanes.get(0);
    lane.thread.execute(() -> new HealthCheck(lane, app, rules, result).begin());
  }

  @Override
  public void retire(App app) {
    Threads running = threads;
    if (running != null) {
      running.retire(app);
    }
  }

  @Override
  public void abandon(App app, String why) {
    Threads running = threads;
    GroupHealth group = own.group(app);
    if (running != null) {
      running.abandon(app, why);
      (group == null ? List.<App>of() : group.all()).forEach(one -> running.abandon(one, why));
    }
  }

  @Override
  public void goAway(@Nullable App app) {
    Threads running = threads;
    if (running != null) {
      running.goAway(app);
    }
    if (app == null) {
      clientsGoAway.run();
    }
  }

  @Override
  public void fence(Runnable done) {
    Threads running = threads;
    if (running != null) {
      running.fence(done);
    }
  }

  @Override
  public void changed() {
    Threads running = threads;
    if (running != null) {
      running.wake();
    }
  }
}
