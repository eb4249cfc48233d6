package appliance.edge.health;

import appliance.edge.proxy.LocalCall;
import appliance.edge.upstream.App;
import appliance.edge.upstream.IoThreadContext;
import appliance.edge.upstream.IoThreadContexts;
import appliance.edge.upstream.Threads;
import appliance.model.CheckResult;
import appliance.runtime.UnlessEnding;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@link Apps} has done on the I/O threads; nothing before they run. */
public final class AppPorts implements Apps.Ports, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AppPorts.class);

  private final IoThreadContexts contexts;
  private final Own own;
  private final Runnable clientsGoAway;
  private final BlockingChecks blocking = new BlockingChecks();
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
  public AppPorts(IoThreadContexts contexts, Own own, Runnable clientsGoAway) {
    this.contexts = contexts;
    this.own = own;
    this.clientsGoAway = clientsGoAway;
  }

  /** From here on there are I/O threads to act on. */
  public void started(Threads running) {
    threads = running;
  }

  @Override
  public void check(App app, HealthRules rules, Consumer<CheckResult> result) {
    GroupHealth group = own.group(app);
    LocalCall local = own.call(app);
    if (group != null) {
      group.check(result);
    } else if (local != null) {
      check(local, app, rules, result);
    } else {
      IoThreadContext context = contexts.get(0);
      UnlessEnding.execute(
          context.thread, () -> new HealthCheck(context, app, rules, result).begin());
    }
  }

  private void check(LocalCall local, App app, HealthRules rules, Consumer<CheckResult> result) {
    try {
      blocking.begin(() -> {
        CheckResult there = local.check();
        if (there.passed() && rules.path().isPresent()) {
          local.application().ask().ask(contexts.get(0).thread, rules.question(app), result);
        } else {
          result.accept(there);
        }
      });
    } catch (RejectedExecutionException e) {
      log.debug("A check could not begin", e);
      result.accept(CheckResult.failed("not checked, as too many checks have not ended"));
    }
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

  /** Begins no more checks of what is called within this process. */
  @Override
  public void close() {
    blocking.close();
  }
}
