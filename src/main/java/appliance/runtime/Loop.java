package appliance.runtime;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One named daemon thread with a bounded queue: the owner of some component's state. Others post tasks
 * to it; a task that throws is logged and the loop goes on.
 */
public final class Loop implements Executor, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Loop.class);

  private final String name;
  private final int queuedTasksMax;
  private final ScheduledThreadPoolExecutor executor;

  public Loop(String name, int queuedTasksMax) {
    this.name = name;
    this.queuedTasksMax = queuedTasksMax;
    executor = new ScheduledThreadPoolExecutor(1, task -> daemon(task, name));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs {@code task} after those posted before it.
   *
   * @throws RejectedExecutionException if the queue is full or the loop is closed
   */
  @Override
  public void execute(Runnable task) {
    if (executor.getQueue().size() >= queuedTasksMax) {
      throw new RejectedExecutionException(
          name + " has " + queuedTasksMax + " tasks waiting, its limit");
    }
    executor.execute(guarded(task));
  }

  /** Runs {@code task} again and again, each run one period after the last one ended. */
  @SuppressWarnings("FutureReturnValueIgnored") // the task is guarded and so never fails
  public void every(Duration period, Runnable task) {
    executor.scheduleWithFixedDelay(
        guarded(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs {@code task} once, after {@code delay}; a full queue does not refuse it. For few tasks. */
  @SuppressWarnings("FutureReturnValueIgnored") // the task is guarded and so never fails
  public void after(Duration delay, Runnable task) {
    executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // An error would end a repeated task for ever, and without a word.
        log.error("A task of {} failed", name, e);
      }
    };
  }

  /** Drops what waits, interrupts what runs, and waits for up to five seconds for it to end. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("{} did not end within 5 s", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
