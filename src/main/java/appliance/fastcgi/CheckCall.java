package appliance.fastcgi;

import appliance.model.Caller;
import appliance.model.CheckResult;
import appliance.model.HealthQuestion;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A question of this node's own whether php works; of the answer the status counts, once all of it is there. */
final class CheckCall implements Call, Answer {

  private static final int SERVER_ERROR = 500;

  private final HealthQuestion question;
  private final Target.Script script;
  private final Upstream upstream;
  private final Consumer<CheckResult> result;
  private long waitingSince = System.nanoTime();
  private int retries;
  private int status;
  private volatile boolean runs;

  /**
   * @param result called once, on the I/O thread, also if nobody waits for it any more
   */
  CheckCall(
      HealthQuestion question,
      Target.Script script,
      Upstream upstream,
      Consumer<CheckResult> result) {
    this.question = question;
    this.script = script;
    this.upstream = upstream;
    this.result = result;
  }

  /** Whether a child has taken it; any thread. */
  boolean runs() {
    return runs;
  }

  @Override
  public void runsOn(Connection on) {
    runs = true;
  }

  @Override
  public Parameters parameters(RequestParameters maker) {
    return maker.of(question, script);
  }

  @Override
  public Body body() {
    return Body.NONE;
  }

  @Override
  public Answer answer() {
    return this;
  }

  @Override
  public long waitingSince() {
    return waitingSince;
  }

  /** Who asks again waits for the end of this one. */
  @Override
  public boolean over() {
    return false;
  }

  @Override
  public boolean idempotent() {
    return true;
  }

  @Override
  public boolean check() {
    return true;
  }

  @Override
  public boolean mayRunAgain(boolean seen) {
    return !seen || retries < RETRIES_MAX;
  }

  @Override
  public boolean isRetry() {
    return retries > 0;
  }

  @Override
  public void runAgain(boolean seen) {
    runs = false;
    retries += seen ? 1 : 0;
    waitingSince = System.nanoTime();
  }

  @Override
  public void refuse(Caller.Unsent kind, String why) {
    result.accept(
        switch (kind) {
          case BUSY -> CheckResult.BUSY;
          case UNREACHABLE -> CheckResult.absent(why);
          case OWN_FAULT -> CheckResult.failed(why);
        });
  }

  @Override
  public void fail(Failure failure) {
    result.accept(CheckResult.failed(failure.message()));
  }

  @Override
  public void done() {}

  @Override
  public void begin(ResponseHead head, long whole) {
    status = head.status();
  }

  @Override
  public boolean write(ByteBuffer bytes) {
    bytes.position(bytes.limit());
    return true;
  }

  @Override
  public void whenRoom(Runnable more) {
    throw new IllegalStateException("it takes everything at once");
  }

  @Override
  public void end() {
    result.accept(
        status < SERVER_ERROR
            ? CheckResult.PASSED
            : CheckResult.failed("status " + status + " at " + upstream.address()));
  }

  @Override
  public void cut(String why) {}

  /** For the log. */
  @Override
  public String toString() {
    return "GET " + script.name() + " (health check)";
  }
}
