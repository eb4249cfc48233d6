package appliance.edge.write;

import appliance.model.Epoch;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.xnio.conduits.StreamSinkConduit;

/**
 * A write that was let through to an application. As the wrapper of the response it sees the answer's head
 * go out, and has the last word on it: an answer that the epoch's master no longer stands behind becomes a
 * 503, whatever the application has said.
 */
public final class WritePass implements ConduitWrapper<StreamSinkConduit> {

  /** On a request: what an application may fence its own writes with. On an answer: who acknowledged. */
  public static final HttpString EPOCH = new HttpString("Appliance-Epoch");

  private static final byte[] WORDS =
      "503 Service Unavailable: the master changed meanwhile; whether it was done is not known\n"
          .getBytes(StandardCharsets.UTF_8);

  private final Epoch epoch;
  private final UnaryOperator<Epoch> stands;
  private final Runnable end;
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * @param stands in which epoch what began in the given one may be acknowledged now; {@link Epoch#NONE} if
   *     in none
   * @param end is called once, when nothing more can be acknowledged
   */
  WritePass(Epoch epoch, UnaryOperator<Epoch> stands, Runnable end) {
    this.epoch = epoch;
    this.stands = stands;
    this.end = end;
  }

  /** Marks the request on its way to the application. */
  public void mark(HttpServerExchange exchange) {
    exchange.getRequestHeaders().put(EPOCH, epoch.toString());
    exchange.addResponseWrapper(this);
    exchange.addExchangeCompleteListener((ended, next) -> {
      end();
      next.proceed();
    });
  }

  /** The attempt is over, with or without an answer. */
  public void end() {
    if (over.compareAndSet(false, true)) {
      end.run();
    }
  }

  @Override
  public StreamSinkConduit wrap(
      ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
    if (over.get()) {
      return factory.create(); // an answer of this node's own
    }
    Epoch acknowledged = stands.apply(epoch);
    end();
    if (!acknowledged.equals(Epoch.NONE)) {
      exchange.getResponseHeaders().put(EPOCH, acknowledged.toString());
      return factory.create();
    }
    exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
    HeaderMap headers = exchange.getResponseHeaders();
    headers.clear();
    headers
        .put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8")
        .put(Headers.CACHE_CONTROL, "no-store")
        .put(Headers.RETRY_AFTER, "2")
        .put(Headers.CONTENT_LENGTH, WORDS.length);
    return new ReplacedBody(factory.create(), WORDS);
  }
}
