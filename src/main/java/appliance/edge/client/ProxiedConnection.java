package appliance.edge.client;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.Option;
import org.xnio.StreamConnection;

/** A connection with the addresses that its {@link ProxyHeader} tells. */
final class ProxiedConnection extends StreamConnection {

  private final StreamConnection connection;
  private final ProxyHeader header;

  ProxiedConnection(StreamConnection connection, ProxyHeader header) {
    super(connection.getIoThread());
    this.connection = connection;
    this.header = header;
    setSinkConduit(connection.getSinkChannel().getConduit());
    setSourceConduit(connection.getSourceChannel().getConduit());
  }

  @Override
  protected void notifyWriteClosed() {
    IoUtils.safeClose(connection.getSinkChannel());
  }

  @Override
  protected void notifyReadClosed() {
    IoUtils.safeClose(connection.getSourceChannel());
  }

  @Override
  public SocketAddress getPeerAddress() {
    return header.client();
  }

  @Override
  public SocketAddress getLocalAddress() {
    return header.server();
  }

  @Override
  public boolean supportsOption(Option<?> option) {
    return connection.supportsOption(option);
  }

  @Override
  public <T> @Nullable T getOption(Option<T> option) throws IOException {
    return connection.getOption(option);
  }

  @Override
  public <T> @Nullable T setOption(Option<T> option, T value) throws IOException {
    return connection.setOption(option, value);
  }
}
