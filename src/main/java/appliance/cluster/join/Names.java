package appliance.cluster.join;

import appliance.model.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Looks up hosts' names, each on a thread of its own: that cannot be interrupted, and takes as long as the name
 * servers do. Who asks waits no longer than it says, and asks along with whoever asks for the same already.
 * Addresses need no look-up. Any thread.
 */
final class Names implements AutoCloseable {

  /** Look-ups that hang; more are not begun. */
  private static final int LOOKUPS_MAX = 16;

  private final Function<HostPort, InetSocketAddress> lookup;
  private final Map<HostPort, CompletableFuture<InetSocketAddress>> underWay =
      new ConcurrentHashMap<>();
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
    InetSocketAddress address = host.isAddress() ? host.socketAddress() : lookUp(host, max);
    if (address.isUnresolved()) {
      throw new IOException("the name cannot be resolved");
    }
    return address;
  }

  private InetSocketAddress lookUp(HostPort host, Duration max) throws IOException {
    try {
      return underWay.computeIfAbsent(host, this::begin).get(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw late("no name server has answered for " + max.toMillis() + " ms", e);
    } catch (RejectedExecutionException e) {
      throw late("no name server answers: " + LOOKUPS_MAX + " names are waited for already", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the look-up of the name was interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("the look-up of the name failed: " + e.getCause(), e);
    }
  }

  private CompletableFuture<InetSocketAddress> begin(HostPort host) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return lookup.apply(host);
          } finally {
            underWay.remove(host); // waits until it is there
          }
        },
        threads);
  }

  private static SocketTimeoutException late(String message, Exception cause) {
    SocketTimeoutException late = new SocketTimeoutException(message);
    late.initCause(cause);
    return late;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
