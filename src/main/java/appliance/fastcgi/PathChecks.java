package appliance.fastcgi;

import appliance.model.CheckResult;
import appliance.model.HealthQuestion;
import appliance.runtime.UnlessEnding;
import io.undertow.util.URLUtils;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Asks php for pages to learn whether it works: one at a time, so that a page that hangs holds one child, however
 * often it is asked for. Over the connections that requests take: with a free child for each of these, php serves no
 * other. Belongs to the I/O thread that the questions name, always the same.
 */
final class PathChecks {

  /** Of this php, as the questions need it. */
  interface Php {

    Target find(String path);

    /** Whether all of its children work for others, and it gets on. */
    boolean busy();

    /** Has {@code call} run, on a pool that has a free connection, else on that of {@code thread}. */
    void submit(CheckCall call, XnioIoThread thread);
  }

  private final Php php;
  private final Upstream upstream;
  private final Deque<Asked> waiting = new ArrayDeque<>();
  private @Nullable CheckCall running;

  PathChecks(Php php, Upstream upstream) {
    this.php = php;
    this.upstream = upstream;
  }

  /** One question, until it has its result. */
  private final class Asked {

    private final XnioIoThread thread;
    private final HealthQuestion question;
    private final Consumer<CheckResult> result;
    private final XnioExecutor.@Nullable Key deadline;
    private @Nullable CheckCall call;
    private boolean over;

    Asked(XnioIoThread thread, HealthQuestion question, Consumer<CheckResult> result) {
      this.thread = thread;
      this.question = question;
      this.result = result;
      deadline = UnlessEnding.executeAfter(
          thread::executeAfter, this::late, question.time().toNanos(), TimeUnit.NANOSECONDS);
    }

    void begin() {
      if (php.busy()) {
        // Behind all that waits the answer would come too late.
        end(CheckResult.BUSY);
      } else if (running != null) {
        waiting.add(this);
      } else if (target() instanceof Target.Script script) {
        run(script);
      } else {
        // There is nothing to run, and php has nothing to do with that.
        end(CheckResult.PASSED);
      }
    }

    private Target target() {
      String path = question.path();
      int query = path.indexOf('?');
      String coded = query < 0 ? path : path.substring(0, query);
      try {
        return php.find(
            URLUtils.decode(coded, StandardCharsets.UTF_8.name(), false, new StringBuilder()));
      } catch (IllegalArgumentException e) {
        return new Target.Refused(400); // as a client would be
      }
    }

    private void run(Target.Script script) {
      CheckCall made = new CheckCall(
          question, script, upstream, come -> UnlessEnding.execute(thread, () -> ended(come)));
      call = made;
      running = made;
      php.submit(made, thread);
    }

    private void ended(CheckResult come) {
      running = null;
      end(come);
      Asked next = waiting.poll();
      if (next != null) {
        next.begin();
      }
    }

    private void late() {
      waiting.remove(this);
      CheckCall asked = call;
      boolean putOff = asked != null && !asked.runs() && php.busy();
      end(
          putOff
              ? CheckResult.BUSY
              : CheckResult.failed("no answer within " + question.time().toMillis() + " ms at "
                  + upstream.address()));
    }

    private void end(CheckResult come) {
      if (!over) {
        over = true;
        if (deadline != null) {
          deadline.remove();
        }
        result.accept(come);
      }
    }
  }

  /** Calls back once, on {@code thread}, by the end of the question's time. Any thread. */
  void ask(XnioIoThread thread, HealthQuestion question, Consumer<CheckResult> result) {
    UnlessEnding.execute(thread, () -> new Asked(thread, question, result).begin());
  }
}
