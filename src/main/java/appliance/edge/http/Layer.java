package appliance.edge.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/** What stands on another one, between a socket and who reads from its connection. */
@FunctionalInterface
public interface Layer {

  /** The next one on the way down to the socket. */
  StreamSourceConduit below();

  /** What is a {@code type} on the way down from {@code exchange}; null if nothing is, as over HTTP/2. */
  static <T> @Nullable T find(HttpServerExchange exchange, Class<T> type) {
    if (!(exchange.getConnection() instanceof HttpServerConnection http)) {
      return null;
    }
    StreamSourceConduit at = http.getOriginalSourceConduit();
    while (!type.isInstance(at) && at instanceof Layer layer) {
      at = layer.below();
    }
    return type.isInstance(at) ? type.cast(at) : null;
  }
}
