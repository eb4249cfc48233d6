package appliance.edge.health;

import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.model.CheckResult;

/**
 * One application, how it is, and the check of it that is under way: one at a time. Belongs to the loop of
 * {@link Apps}, or of {@link GroupHealth}.
 */
final class CheckedApp {

  private final App app;
  private AppHealth health;

  /** What the checks ask: the application, or its relay from when that refused until it passes again. */
  private App way;

  /** Until a result is looked at, or was dropped. */
  private volatile boolean checking;

  private boolean ready;
  private boolean wasReady;

  CheckedApp(App app, AppHealth health) {
    this.app = app;
    way = app;
    this.health = health;
  }

  App app() {
    return app;
  }

  AppHealth health() {
    return health;
  }

  /** Forgets what was learned; a check under way judges what was there before. */
  void startOver(AppHealth anew) {
    health = anew;
    way = app;
  }

  /**
   * Nobody was there for a request. The checks go by the way that it went: else they would bring back, again and
   * again, an application that works but whose relay does not.
   */
  void unreachable(Failure failure) {
    way = failure.byRelay() ? app.forWrites() : app;
    health.unreachable(failure.message());
  }

  /**
   * Begins a check, unless one is under way.
   *
   * @param judged runs on the loop, once the result is known here
   */
  void check(Checks checks, Reports reports, Runnable judged) {
    if (checking) {
      return;
    }
    checking = true;
    AppHealth asked = health;
    App by = way;
    checks.check(by, reports.rules(), result -> {
      if (!reports.post(() -> checked(asked, by, result, judged))) {
        checking = false; // the next check brings it again
      }
    });
  }

  private void checked(AppHealth asked, App by, CheckResult result, Runnable judged) {
    checking = false;
    if (by == way) {
      asked.checked(result);
    }
    if (health.passing()) {
      way = app;
    }
    judged.run();
  }

  /**
   * Notes whether it gets traffic from now on.
   *
   * @return whether it does again, after a time without
   */
  boolean returns(boolean getsTraffic) {
    boolean again = getsTraffic && !ready && wasReady;
    ready = getsTraffic;
    wasReady |= getsTraffic;
    return again;
  }
}
