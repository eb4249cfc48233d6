package appliance.fastcgi;

import appliance.runtime.HostLookup;
import appliance.runtime.UnlessEnding;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/** Connects over TCP, by XNIO's own client; a name is looked up on other threads. */
final class TcpConnector implements Connector {

  private static final OptionMap OPTIONS = OptionMap.create(Options.TCP_NODELAY, true);

  private final HostLookup host;
  private final Duration timeout;

  /**
   * @param timeout to look up the name and to connect
   */
  TcpConnector(HostLookup host, Duration timeout) {
    this.host = host;
    this.timeout = timeout;
  }

  @Override
  public void connect(XnioIoThread thread, Outcome outcome) {
    new Connecting(thread, outcome).begin();
  }

  @Override
  public void check() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(host.await(), (int) timeout.toMillis());
    }
  }

  /** One connection on its way. Belongs to its I/O thread. */
  private final class Connecting {

    private final XnioIoThread thread;
    private final Outcome outcome;
    private final XnioExecutor.@Nullable Key timer;
    private @Nullable IoFuture<StreamConnection> opening;
    private boolean over;

    Connecting(XnioIoThread thread, Outcome outcome) {
      this.thread = thread;
      this.outcome = outcome;
      timer = UnlessEnding.executeAfter(
          thread::executeAfter, this::timedOut, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    void begin() {
      host.find(address -> {
        if (Thread.currentThread() == thread) {
          found(address);
        } else {
          UnlessEnding.execute(thread, () -> found(address));
        }
      });
    }

    private void found(InetSocketAddress address) {
      if (address.isUnresolved()) {
        failed(HostLookup.unknown(address.getHostString()));
      } else if (!over) {
        IoFuture<StreamConnection> future = thread.openStreamConnection(address, null, OPTIONS);
        opening = future;
        future.addNotifier(
            (done, ignored) -> UnlessEnding.execute(thread, () -> ended(done)), null);
      }
    }

    private void ended(IoFuture<? extends StreamConnection> done) {
      switch (done.getStatus()) {
        case DONE -> opened(done);
        case FAILED -> failed(done.getException());
        default ->
          failed(new SocketTimeoutException("no connection within " + timeout.toMillis() + " ms"));
      }
    }

    private void opened(IoFuture<? extends StreamConnection> done) {
      try {
        StreamConnection connection = done.get();
        over = true;
        stopTimer();
        outcome.opened(
            new Link(connection, connection.getSourceChannel(), connection.getSinkChannel()));
      } catch (IOException e) {
        failed(e);
      }
    }

    private void stopTimer() {
      if (timer != null) {
        timer.remove();
      }
    }

    private void timedOut() {
      if (opening == null) {
        failed(new SocketTimeoutException(
            "no address for its name within " + timeout.toMillis() + " ms"));
      } else {
        opening.cancel();
      }
    }

    private void failed(IOException why) {
      if (!over) {
        over = true;
        stopTimer();
        outcome.failed(why);
      }
    }
  }
}
