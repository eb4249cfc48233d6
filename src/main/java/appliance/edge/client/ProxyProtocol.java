package appliance.edge.client;

import appliance.config.Network;
import appliance.edge.io.Opener;
import appliance.runtime.UnlessEnding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Reads the {@link ProxyHeader} of connections from trusted proxies before anything else of them; one
 * without is closed. Other connections are let through as they are.
 */
public record ProxyProtocol(List<Network> trusted, Opener next) implements Opener {

  private static final Logger log = LoggerFactory.getLogger(ProxyProtocol.class);

  private static final int SECONDS_MAX = 5;

  @Override
  public void opened(StreamConnection connection) {
    InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
    InetAddress address = peer == null ? null : peer.getAddress();
    if (address != null && trusted.stream().anyMatch(network -> network.contains(address))) {
      new Reading(connection).begin();
    } else {
      next.opened(connection);
    }
  }

  @Override
  public void closeConnections() {
    next.closeConnections();
  }

  private final class Reading {

    private final StreamConnection connection;
    private final byte[] bytes = new byte[ProxyHeader.BYTES_MAX];
    private int length;
    private XnioExecutor.@Nullable Key deadline;

    Reading(StreamConnection connection) {
      this.connection = connection;
    }

    void begin() {
      deadline = UnlessEnding.executeAfter(
          connection.getIoThread()::executeAfter,
          () -> IoUtils.safeClose(connection),
          SECONDS_MAX,
          TimeUnit.SECONDS);
      connection.getSourceChannel().setReadListener(this::read);
      read(connection.getSourceChannel());
    }

    private void read(ConduitStreamSourceChannel source) {
      try {
        for (int missing = ProxyHeader.missing(bytes, length);
            missing > 0;
            missing = ProxyHeader.missing(bytes, length)) {
          int read = source.read(ByteBuffer.wrap(bytes, length, missing));
          if (read == 0) {
            source.resumeReads();
            return;
          }
          if (read < 0) {
            throw new IOException("closed within the PROXY header");
          }
          length += read;
        }
        source.suspendReads();
        source.setReadListener(null);
        forgetDeadline();
        next.opened(ProxyHeader.parse(bytes, length)
            .<StreamConnection>map(header -> new ProxiedConnection(connection, header))
            .orElse(connection));
      } catch (IOException e) {
        log.debug("A connection of {} is closed", connection.getPeerAddress(), e);
        forgetDeadline();
        IoUtils.safeClose(connection);
      }
    }

    private void forgetDeadline() {
      if (deadline != null) {
        deadline.remove();
      }
    }
  }
}
