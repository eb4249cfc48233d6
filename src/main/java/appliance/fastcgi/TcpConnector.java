package appliance.fastcgi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/** Connects over TCP, by XNIO's own client. */
final class TcpConnector implements Connector {

  private static final OptionMap OPTIONS = OptionMap.create(Options.TCP_NODELAY, true);

  private final Supplier<InetSocketAddress> address;
  private final Duration timeout;

  TcpConnector(Supplier<InetSocketAddress> address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
  }

  @Override
  public void connect(XnioIoThread thread, Outcome outcome) {
    InetSocketAddress to = address.get();
    if (to.isUnresolved()) {
      outcome.failed(new UnknownHostException("unknown host " + to.getHostString()));
      return;
    }
    IoFuture<StreamConnection> future = thread.openStreamConnection(to, null, OPTIONS);
    XnioExecutor.Key timer =
        thread.executeAfter(future::cancel, timeout.toMillis(), TimeUnit.MILLISECONDS);
    future.addNotifier(
        (done, ignored) -> {
          timer.remove();
          thread.execute(() -> tell(done, outcome));
        },
        null);
  }

  private void tell(IoFuture<? extends StreamConnection> done, Outcome outcome) {
    switch (done.getStatus()) {
      case DONE -> opened(done, outcome);
      case FAILED -> outcome.failed(done.getException());
      default ->
        outcome.failed(
            new SocketTimeoutException("no connection within " + timeout.toMillis() + " ms"));
    }
  }

  private static void opened(IoFuture<? extends StreamConnection> done, Outcome outcome) {
    try {
      StreamConnection connection = done.get();
      outcome.opened(
          new Link(connection, connection.getSourceChannel(), connection.getSinkChannel()));
    } catch (IOException e) {
      outcome.failed(e);
    }
  }
}
