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
 * Counts the requests that fail in a row, and the answers that are broken off in a row, on any I/O thread, and has
 * an application judged on the loop when they are too many or nobody was there. One report of an application waits
 * at a time.
 */
record Reports(Loop loop, HealthRules rules, Judge judge) implements Forwarder.Blame {

  private static final Logger log = LoggerFactory.getLogger(Reports.class);

  /** Decides what becomes of an application; on the loop. */
  interface Judge {

    void judge(App app, Failure last, Charge charge);
  }

  /** What an application is reported for. */
  enum Charge {
    /** No connection could be made. */
    NOBODY_THERE("requests failed"),
    FAILED("requests failed"),
    BROKEN_OFF("answers were broken off");

    /** What there were too many of, in a row. */
    final String what;

    Charge(String what) {
      this.what = what;
    }
  }

  /** All that break at once count as one, whether their answers had begun or not. */
  @Override
  public void failed(App app, Failure failure, long asked) {
    if (failure.kind() == Failure.Kind.BROKEN) {
      count(app, failure, app.failed.addNew(asked, System.nanoTime()));
    } else if (failure.kind().blame) {
      count(app, failure, app.failed.add(System.nanoTime()));
    }
  }

  private void count(App app, Failure failure, int inRow) {
    if (failure.kind() == Failure.Kind.CONNECT) {
      report(app, failure, Charge.NOBODY_THERE);
    } else if (tooMany(inRow)) {
      report(app, failure, Charge.FAILED);
    }
  }

  /**
   * It counts as a failed request, too. All that break at once count as one: php breaks off what it has begun whenever it
   * reloads, and is well again at once.
   */
  @Override
  public void broken(App app, Failure failure, long asked) {
    int inRow = failure.kind().blame ? app.brokenOff.addNew(asked, System.nanoTime()) : 0;
    if (inRow == 0) {
      return;
    }
    if (tooMany(inRow)) {
      report(app, failure, Charge.BROKEN_OFF);
    }
    failed(app, failure, asked);
  }

  private boolean tooMany(int inRow) {
    return rules.failures() > 0 && inRow >= rules.failures();
  }

  private void report(App app, Failure last, Charge charge) {
    if (app.reported.compareAndSet(false, true)) {
      boolean posted = post(() -> {
        app.reported.set(false);
        app.failed.end();
        app.brokenOff.end();
        judge.judge(app, last, charge);
      });
      if (!posted) {
        app.reported.set(false);
      }
    }
  }

  /** A php that breaks off before its answer is told of by 502, other trouble by other statuses. */
  @Override
  public void answered(App app, int status, long asked) {
    if (counts(status)) {
      Failure failure =
          Failure.sent(Failure.Kind.BROKEN, "status " + status + " at " + app.where());
      long now = System.nanoTime();
      boolean broke = status == StatusCodes.BAD_GATEWAY;
      count(app, failure, broke ? app.failed.addNew(asked, now) : app.failed.add(now));
    } else {
      app.failed.end();
    }
  }

  @Override
  public void whole(App app, int status) {
    if (!counts(status)) {
      app.brokenOff.end();
    }
  }

  /** Whether an answer with {@code status} counts as a failed request. */
  private boolean counts(int status) {
    return status >= StatusCodes.INTERNAL_SERVER_ERROR && rules.statuses().contains(status);
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
