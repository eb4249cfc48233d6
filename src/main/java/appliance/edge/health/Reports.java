package appliance.edge.health;

import appliance.edge.proxy.Forwarder;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.runtime.Loop;
import io.undertow.util.StatusCodes;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the requests that fail in a row, on any I/O thread, and has an application judged on the loop
 * when they are too many or nobody was there. One report of an application waits at a time.
 */
record Reports(Loop loop, HealthRules rules, Judge judge) implements Forwarder.Blame {

  private static final Logger log = LoggerFactory.getLogger(Reports.class);

  /** Decides what becomes of an application; on the loop. */
  interface Judge {

    /**
     * @param nobodyThere whether no connection could be made; else too many requests have failed
     */
    void judge(App app, Failure failure, boolean nobodyThere);
  }

  @Override
  public void failed(App app, Failure failure) {
    if (!failure.kind().blame) {
      return;
    }
    boolean nobodyThere = failure.kind() == Failure.Kind.CONNECT;
    int inRow = app.failuresInRow.incrementAndGet();
    boolean tooMany = rules.failures() > 0 && inRow >= rules.failures();
    if ((nobodyThere || tooMany) && app.reported.compareAndSet(false, true)) {
      boolean posted = post(() -> {
        app.reported.set(false);
        app.failuresInRow.set(0);
        judge.judge(app, failure, nobodyThere);
      });
      if (!posted) {
        app.reported.set(false);
      }
    }
  }

  @Override
  public void answered(App app, int status) {
    if (status >= StatusCodes.INTERNAL_SERVER_ERROR && rules.statuses().contains(status)) {
      failed(app, Failure.sent(Failure.Kind.BROKEN, "status " + status + " at " + app.where()));
    } else {
      app.succeeded();
    }
  }

  /** Runs {@code task} on the loop; false if that has too much to do. */
  boolean post(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      log.debug("Health news dropped: the next check brings it again", e);
      return false;
    }
  }
}
