package appliance.cluster.join;

import appliance.model.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Looks up hosts' names, each on a thread of its own: that cannot be interrupted, and takes as long as the name
 * servers do. Who asks waits no longer than it says. Any thread.
 */
final class Names implements AutoCloseable {

  /** Look-ups that hang; more are not begun. */
  private static final int LOOKUPS_MAX = 16;

  private final Function<HostPort, InetSocketAddress> lookup;
  private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
      0, LOOKUPS_MAX, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
        Thread thread = new Thread(task, "cluster-names");
        thread.setDaemon(true);
        return thread;
      });

  Names(Function<HostPort, InetSocketAddress> lookup) {
    this.lookup = lookup;
  }

  /**
   * Returns the host's address.
   *
   * @throws SocketTimeoutException if that is not known by then
   * @throws IOException if there is none of that name
   */
  InetSocketAddress address(HostPort host, Duration max) throws IOException {
    try {
      Future<InetSocketAddress> found = threads.submit(() -> lookup.apply(host));
      InetSocketAddress address = found.get(max.toMillis(), TimeUnit.MILLISECONDS);
      if (address.isUnresolved()) {
        throw new IOException("the name cannot be resolved");
      }
      return address;
    } catch (TimeoutException | RejectedExecutionException e) {
      SocketTimeoutException late =
          new SocketTimeoutException("no name server has answered for " + max.toMillis() + " ms");
      late.initCause(e);
      throw late;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the look-up of the name was interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the look-up of " + host + " failed", e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
