package appliance.trust;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port between nodes: {@link #accept} hands out only connections whose handshake is over. A thread of
 * its own takes connections, a few others shake hands, so that no stranger keeps a member waiting.
 */
public final class TlsServerSocket extends ServerSocket {

  private static final Logger log = LoggerFactory.getLogger(TlsServerSocket.class);

  /** Each takes a thread. A node makes one such connection to another. */
  private static final int PER_ADDRESS_MAX = 8;

  private static final int TOTAL_MAX = 64;
  private static final int SPARE = 8;
  private static final int READY_MAX = 64;
  private static final int SWEEP_MILLIS = 500;
  private static final int BACKLOG = 256;

  private final Supplier<TlsSocket> sockets;
  private final Waiting waiting;
  private final Consumer<TlsSocket> ready;
  private final BlockingQueue<TlsSocket> queue = new ArrayBlockingQueue<>(READY_MAX);
  private final ThreadPoolExecutor shakers = new ThreadPoolExecutor(
      0, TOTAL_MAX + SPARE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), this::daemon);
  private final ThreadFactory threads;
  private @Nullable Thread acceptor;

  TlsServerSocket(Supplier<TlsSocket> sockets, Refusals refusals) throws IOException {
    this(sockets, refusals, null);
  }

  /**
   * @param ready is given each connection on a thread that it may use for a while; the connection still
   *     counts as one that waits, with the limits of those. By default {@link #accept} hands them out
   */
  TlsServerSocket(
      Supplier<TlsSocket> sockets, Refusals refusals, @Nullable Consumer<TlsSocket> ready)
      throws IOException {
    this(sockets, refusals, ready, Thread::new);
  }

  TlsServerSocket(
      Supplier<TlsSocket> sockets,
      Refusals refusals,
      @Nullable Consumer<TlsSocket> ready,
      ThreadFactory threads)
      throws IOException {
    super();
    this.threads = threads;
    this.sockets = sockets;
    this.ready = ready == null ? this::enqueue : ready;
    waiting = new Waiting(refusals, PER_ADDRESS_MAX, TOTAL_MAX);
  }

  private Thread daemon(Runnable task) {
    Thread thread = threads.newThread(task);
    thread.setName("cluster-tls-" + getLocalPort());
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void bind(@Nullable SocketAddress address, int backlog) throws IOException {
    super.bind(address, Math.max(backlog, BACKLOG));
    super.setSoTimeout(SWEEP_MILLIS);
    Thread thread = daemon(this::acceptAll);
    acceptor = thread;
    thread.start();
  }

  private void acceptAll() {
    while (!isClosed()) {
      try {
        acceptOne(sockets.get());
        waiting.sweep();
      } catch (IOException | RuntimeException | Error e) {
        pauseAfter(e); // an error, too: else the port would be deaf for ever
      }
    }
  }

  private void acceptOne(TlsSocket socket) throws IOException {
    try {
      implAccept(socket);
      waiting.add(socket);
      shakers.execute(() -> shakeHands(socket));
    } catch (SocketTimeoutException e) {
      // nobody came
    } catch (RejectedExecutionException e) {
      drop(socket);
    } catch (RuntimeException | Error e) {
      drop(socket);
      throw e;
    }
  }

  /** Out of file handles or threads, for example: accepting would fail again at once. */
  private void pauseAfter(Throwable failure) {
    if (isClosed()) {
      return;
    }
    log.warn("The port {} could not take a connection: {}", getLocalPort(), failure.toString());
    try {
      TimeUnit.MILLISECONDS.sleep(SWEEP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void shakeHands(TlsSocket socket) {
    try {
      socket.accept();
      ready.accept(socket);
    } catch (IOException e) {
      log.debug("A connection was refused", e); // it has been counted
    } catch (RuntimeException | Error e) {
      log.warn("A connection failed", e);
      drop(socket);
    } finally {
      waiting.remove(socket);
    }
  }

  private void enqueue(TlsSocket socket) {
    if (!queue.offer(socket)) {
      drop(socket);
    }
  }

  private void drop(TlsSocket socket) {
    waiting.remove(socket);
    socket.end();
  }

  @Override
  public Socket accept() throws IOException {
    try {
      while (!isClosed()) {
        Socket socket = queue.poll(SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        if (socket != null) {
          return socket;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SocketException("the port is closed");
  }

  @Override
  public void close() throws IOException {
    super.close();
    shakers.shutdownNow();
    waiting.closeAll();
    queue.forEach(this::drop);
    queue.clear();
    Thread thread = acceptor;
    if (thread != null && thread != Thread.currentThread()) {
      try {
        thread.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
