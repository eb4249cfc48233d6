package appliance.edge.health;

import appliance.edge.proxy.LocalCall;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.Lane;
import appliance.edge.upstream.Lanes;
import appliance.edge.upstream.Threads;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link Apps} has done on the I/O threads; nothing before they run. */
public final class AppPorts implements Apps.Ports {

  private final Lanes lanes;
  private final Map<String, LocalCall> locals;
  private final Runnable clientsGoAway;
  private volatile @Nullable Threads threads;

  /**
   * @param locals this node's applications that are called in this process, by site
   * @param clientsGoAway tells the clients of this node to connect anew
   */
  public AppPorts(Lanes lanes, Map<String, LocalCall> locals, Runnable clientsGoAway) {
    this.lanes = lanes;
    this.locals = locals;
    this.clientsGoAway = clientsGoAway;
  }

  /** From here on there are I/O threads to act on. */
  public void started(Threads running) {
    threads = running;
  }

  @Override
  public void check(App app, HealthRules rules, Consumer<@Nullable Failure> result) {
    Threads running = threads;
    LocalCall local = app.local ? locals.get(app.site) : null;
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
    if (running != null) {
      running.abandon(app, why);
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
