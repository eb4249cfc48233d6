package appliance.edge.compression;

import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.Methods;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Compresses what {@code next} answers with by gzip, where the client and the answer allow it.
 *
 * @param next a site's applications
 */
public record Compression(Compressors compressors, HttpHandler next)
    implements HttpHandler, ConduitWrapper<StreamSinkConduit> {

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    exchange.addResponseWrapper(this);
    next.handleRequest(exchange);
  }

  /** Called when the head is settled, and before it is looked at for the body's framing. */
  @Override
  public StreamSinkConduit wrap(
      ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
    CompressedHead head = new CompressedHead(exchange.getResponseHeaders());
    if (exchange.getStatusCode() == 304) {
      head.validated(exchange.getRequestHeaders());
      return factory.create();
    }
    if (!head.mayBe(exchange.getStatusCode())) {
      return factory.create();
    }
    head.varies();
    if (!AcceptsGzip.client(exchange)) {
      return factory.create();
    }
    if (exchange.getRequestMethod().equals(Methods.HEAD)) {
      head.compressed();
      return factory.create();
    }
    if (!compressors.take()) {
      return factory.create();
    }
    head.compressed();
    return sink(factory.create(), exchange);
  }

  private StreamSinkConduit sink(StreamSinkConduit to, HttpServerExchange exchange) {
    GzipSink sink =
        new GzipSink(to, exchange.getConnection().getByteBufferPool().allocate());
    exchange.addExchangeCompleteListener((ended, following) -> {
      sink.release();
      compressors.gaveBack();
      following.proceed();
    });
    return sink;
  }
}
