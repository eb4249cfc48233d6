package appliance.edge.health;

import appliance.config.EdgeConfig;
import appliance.config.SiteConfig;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes the checks that block, of what is called within this process, on a few threads of their own: php pools
 * that hang hold up neither files nor requests. Any thread; the threads end when they have nothing to do.
 */
final class BlockingChecks implements AutoCloseable {

  /**
   * Of all sites: a round of the sixteen of one takes as long as two checks, if all hang, and those of others
   * wait for it.
   */
  static final int THREADS_MAX = 8;

  /** One of each application waits at most, and once more if it has changed meanwhile. */
  private static final int WAITING_MAX = 2 * (SiteConfig.SITES_MAX + 1) * EdgeConfig.APPS_MAX;

  private static final int IDLE_SECONDS = 1;

  private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
      THREADS_MAX,
      THREADS_MAX,
      IDLE_SECONDS,
      TimeUnit.SECONDS,
      new LinkedBlockingQueue<>(WAITING_MAX),
      task -> {
        Thread thread = new Thread(task, "edge-checks");
        thread.setDaemon(true);
        return thread;
      });

  BlockingChecks() {
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Never waits.
   *
   * @throws RejectedExecutionException if too many wait, or it is closed
   */
  void begin(Runnable check) {
    threads.execute(check);
  }

  /** Interrupts what is under way, and begins no more. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
