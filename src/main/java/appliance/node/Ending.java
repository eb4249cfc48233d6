package appliance.node;

import appliance.runtime.ExitCode;
import appliance.runtime.Readiness;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a node's process comes to its end: told by SIGTERM, or by itself to be started anew. Any thread. */
final class Ending {

  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  private final Readiness readiness;
  private final Duration closeMax;
  private final IntConsumer halt;
  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile ExitCode code = ExitCode.OK;

  /**
   * @param closeMax for the node to close in order, once it has been told
   * @param halt ends the process at once, with an exit code
   */
  Ending(Readiness readiness, Duration closeMax, IntConsumer halt) {
    this.readiness = readiness;
    this.closeMax = closeMax;
    this.halt = halt;
  }

  /** Returns when the node is to close, with the exit code that is due then. */
  ExitCode await() throws InterruptedException {
    told.await();
    return code;
  }

  /** The node has closed, or has not started. */
  void over() {
    ended.countDown();
  }

  /**
   * The JVM calls this on SIGTERM; halting with 0 says that the end was in order.
   *
   * @param start ends a start that is under way
   */
  void terminate(Runnable start) {
    told.countDown();
    if (ended.getCount() == 0) {
      return;
    }
    start.run();
    try {
      halt.accept((closesInTime() ? ExitCode.OK : ExitCode.FAILED).number());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A new start would mend what is wrong. The service starts anew what ends with a code of failure. A deaf node that
   * was started by hand would be gone, so that stays a member, and serves what it can, until a person sees to it; one
   * that has left the cluster already ends, for whatever has started it to see the code.
   */
  void restart(ExitCode reason) {
    if (reason == ExitCode.DEAF && !readiness.heard()) {
      log.error("Restart this node: no service does");
      return;
    }
    log.error(
        "Ending with code {}: {}",
        reason.number(),
        readiness.heard()
            ? "the service starts this node anew"
            : "start this node again, if nothing else does");
    code = reason;
    told.countDown();
    Thread limit = new Thread(this::haltLate, "end-limit"); // what hangs may keep it from closing
    limit.setDaemon(true);
    limit.start();
  }

  private void haltLate() {
    try {
      if (!closesInTime()) {
        halt.accept(code.number());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean closesInTime() throws InterruptedException {
    return ended.await(closeMax.toMillis(), TimeUnit.MILLISECONDS);
  }
}
