package appliance.edge;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http2.Http2ReceiveListener;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/**
 * HTTP/2 on connections whose handshake chose it: each gets {@link Http2Guard} below Undertow's framing
 * and {@link Http2Streams} above.
 */
final class Http2Opener {

  private final ByteBufferPool buffers;
  private final OptionMap limits;
  private final HttpHandler root;
  private final BooleanSupplier leaving;
  private final Set<Http2Channel> open = ConcurrentHashMap.newKeySet();

  Http2Opener(ByteBufferPool buffers, OptionMap limits, HttpHandler root, BooleanSupplier leaving) {
    this.buffers = buffers;
    this.limits = Http2Streams.options(limits);
    this.root = root;
    this.leaving = leaving;
  }

  /**
   * @param read what came right behind the handshake
   */
  void begin(StreamConnection connection, @Nullable PooledByteBuffer read) {
    Http2Guard guard = Http2Guard.install(connection);
    if (read != null && !guard.allows(read.getBuffer().duplicate())) {
      read.close();
      IoUtils.safeClose(connection);
      return;
    }
    Http2Channel channel = new Http2Channel(connection, null, buffers, read, false, false, limits);
    channel.setIdleTimeout(EdgeLimits.IDLE_MILLIS_MAX);
    open.add(channel);
    channel.addCloseTask(open::remove);
    HttpHandler streams = new Http2Streams(channel, root, leaving);
    channel
        .getReceiveSetter()
        .set(new Http2ReceiveListener(streams, limits, buffers.getBufferSize(), null));
    channel.resumeReceives();
  }

  void closeConnections() {
    open.forEach(IoUtils::safeClose);
  }
}
