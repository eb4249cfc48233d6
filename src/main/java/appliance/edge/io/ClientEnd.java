package appliance.edge.io;

import appliance.edge.http.Layer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import org.jspecify.annotations.Nullable;

/** Notices that a client goes away while nobody reads from it. Used on the connection's I/O thread only. */
public interface ClientEnd {

  /**
   * Calls {@code gone} once the client is gone, and then no more; never from within this call. One call takes the
   * place of the one before.
   */
  void watch(Runnable gone);

  /** Does not call what it was to call any more. */
  void unwatch();

  /** That of the client of {@code exchange}; null if it does not tell by itself, as over HTTP/2. */
  static @Nullable ClientEnd of(HttpServerExchange exchange) {
    return Layer.find(exchange, ClientEnd.class);
  }

  /**
   * Whether {@code exchange} is a stream of HTTP/2 that its client has reset before the end of its answer, or whose
   * connection has ended.
   */
  static boolean isReset(HttpServerExchange exchange) {
    return exchange.getConnection() instanceof Http2ServerConnection
        && !exchange.isResponseComplete()
        && !Connectors.getConduitSinkChannel(exchange).isOpen();
  }
}
