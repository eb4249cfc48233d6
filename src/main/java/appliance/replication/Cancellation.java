package appliance.replication;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends whatever the replication thread waits for. The thread is never interrupted: that would close
 * H2's file under it.
 */
final class Cancellation {

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final Set<Runnable> endings = ConcurrentHashMap.newKeySet();

  boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /** Waits; returns early if cancelled. */
  void sleep(long millis) {
    try {
      if (cancelled.await(millis, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has {@code ending} run at the cancellation, unless the returned registration is closed before. */
  Registration onCancel(Runnable ending) {
    endings.add(ending);
    if (isCancelled()) {
      ending.run();
    }
    return () -> endings.remove(ending);
  }

  void cancel() {
    cancelled.countDown();
    endings.forEach(Runnable::run);
  }

  /** Ends a registration. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
