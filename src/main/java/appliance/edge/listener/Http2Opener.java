package appliance.edge.listener;

import appliance.edge.io.EdgeLimits;
import appliance.runtime.UnlessEnding;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http2.Http2ReceiveListener;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * HTTP/2 on connections whose handshake chose it: each gets {@link Http2Guard} below Undertow's framing
 * and {@link Http2Streams} above.
 */
final class Http2Opener {

  private final ByteBufferPool buffers;
  private final OptionMap limits;
  private final HttpHandler root;
  private final Http2Streams.End end;
  private final Consumer<StreamConnection> unreadable;
  private final Map<Http2Channel, Http2Streams> open = new ConcurrentHashMap<>();

  Http2Opener(ByteBufferPool buffers, OptionMap limits, Requests requests, Http2Streams.End end) {
    this.buffers = buffers;
    this.limits = Http2Streams.options(limits);
    root = requests.handler();
    unreadable = requests.unreadable();
    this.end = end;
  }

  /**
   * @param read what came right behind the handshake
   */
  void begin(StreamConnection connection, @Nullable PooledByteBuffer read) {
    Http2Refusals refusals = new Http2Refusals(() -> unreadable.accept(connection));
    Http2Goodbye goodbye = Http2Goodbye.install(connection, refusals);
    Http2Guard guard = guard(connection, read, refusals, goodbye::contentSent);
    Http2Connection channel = new Http2Connection(connection, buffers, limits);
    channel.setIdleTimeout(EdgeLimits.IDLE_MILLIS_MAX);
    Http2Streams streams = new Http2Streams(channel, goodbye, root, end, refusals);
    guard.tellResets(streams::reset);
    open.put(channel, streams);
    channel.addCloseTask(open::remove);
    channel
        .getReceiveSetter()
        .set(new Http2ReceiveListener(streams, limits, buffers.getBufferSize(), null));
    channel.resumeReceives();
    new Http2Watch(
            channel,
            guard,
            streams,
            limits.get(UndertowOptions.REQUEST_PARSE_TIMEOUT),
            limits.get(UndertowOptions.NO_REQUEST_TIMEOUT))
        .begin();
  }

  private Http2Guard guard(
      StreamConnection connection,
      @Nullable PooledByteBuffer read,
      Http2Refusals refusals,
      LongSupplier contentSent) {
    ConduitStreamSourceChannel source = connection.getSourceChannel();
    Http2HeaderBlock.Limits blocks = new Http2HeaderBlock.Limits(
        limits.get(UndertowOptions.MAX_HEADER_SIZE),
        TimeUnit.MILLISECONDS.toNanos(limits.get(UndertowOptions.REQUEST_PARSE_TIMEOUT)));
    ByteBuffer early = read == null ? ByteBuffer.allocate(0) : read.getBuffer();
    Http2Guard guard = new Http2Guard(source.getConduit(), early, blocks, refusals, contentSent);
    source.setConduit(guard);
    if (read != null) {
      read.close();
    }
    return guard;
  }

  /** Tells all clients to connect anew. */
  void goAway() {
    open.values().forEach(Http2Streams::leave);
  }

  /** Each on its own thread, which may be at work on it. */
  void closeConnections() {
    open.forEach((channel, streams) -> UnlessEnding.execute(channel.getIoThread(), () -> {
      IoUtils.safeClose(channel);
      streams.end();
    }));
  }
}
