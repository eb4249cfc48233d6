package appliance.edge.listener;

import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.http2.AbstractHttp2StreamSourceChannel;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import java.io.IOException;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/** Undertow's end of a connection; tells the stream of a request, which the request itself does not. */
final class Http2Connection extends Http2Channel {

  private int received;

  Http2Connection(StreamConnection connection, ByteBufferPool buffers, OptionMap limits) {
    super(connection, null, buffers, null, false, false, limits);
  }

  @Override
  public synchronized AbstractHttp2StreamSourceChannel receive() throws IOException {
    AbstractHttp2StreamSourceChannel next = super.receive();
    if (next instanceof Http2StreamSourceChannel request) {
      received = request.getStreamId();
    }
    return next;
  }

  /** The stream of the request that came last; for its handler, which is called before the next one comes. */
  synchronized int received() {
    return received;
  }
}
