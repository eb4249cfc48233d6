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
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;

/**
 * A write that was let through to an application. As the wrapper of the response it sees the answer's head
 * go out, and has the last word on it: an answer that nobody stands behind any more becomes a 503, whatever
 * the application has said. One that comes in a gap waits in {@link AnswerGate} while the epoch goes on: that is
 * as if the application had taken longer.
 */
public final class WritePass implements ConduitWrapper<StreamSinkConduit> {

  /** On a request: what an application may fence its own writes with. On an answer: who acknowledged. */
  public static final HttpString EPOCH = new HttpString("Appliance-Epoch");

  private static final byte[] WORDS =
      "503 Service Unavailable: the master changed meanwhile; whether it was done is not known\n"
          .getBytes(StandardCharsets.UTF_8);

  /** What stands behind a write. Any thread. */
  interface Backing {

    /** The epoch in which what began in {@code begun} may be acknowledged now; {@link Epoch#NONE} if in none. */
    Epoch standsIn(Epoch begun);

    /** Whether it is worth the wait to ask again: no other epoch has begun. */
    boolean mayStand(Epoch begun);

    /** Is called once, when nothing more can be acknowledged. */
    void end();
  }

  private final Epoch epoch;
  private final Backing backing;
  private final LateAnswers late;
  private final AtomicBoolean over = new AtomicBoolean();
  private LateAnswers.@Nullable Wait wait;

  /**
   * @param epoch in which it has begun
   * @param late bounds how long its answer may wait for its backing
   */
  WritePass(Epoch epoch, Backing backing, LateAnswers late) {
    this.epoch = epoch;
    this.backing = backing;
    this.late = late;
  }

  /** Marks the request on its way to the application. */
  public void mark(HttpServerExchange exchange) {
    exchange.getRequestHeaders().put(EPOCH, epoch.toString());
    exchange.addResponseWrapper(this);
    exchange.putAttachment(AnswerGate.PASS, this);
    exchange.addExchangeCompleteListener((ended, next) -> {
      end();
      next.proceed();
    });
  }

  /** The attempt is over, with or without an answer. */
  public synchronized void end() {
    if (over.compareAndSet(false, true)) {
      if (wait != null) {
        wait.end();
      }
      backing.end();
    }
  }

  /**
   * Whether there is no use in waiting for a word on the answer: it is there, will not come, or has not come
   * for too long. The first question begins the wait.
   */
  synchronized boolean decided() {
    if (over.get() || !backing.standsIn(epoch).equals(Epoch.NONE) || !backing.mayStand(epoch)) {
      return true;
    }
    if (wait == null) {
      wait = late.begin();
    }
    return wait == null || wait.expired();
  }

  @Override
  public StreamSinkConduit wrap(
      ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
    if (over.get()) {
      return factory.create(); // an answer of this node's own
    }
    Epoch acknowledged = backing.standsIn(epoch);
    end();
    if (!acknowledged.equals(Epoch.NONE)) {
      exchange.getResponseHeaders().put(EPOCH, acknowledged.toString());
      return factory.create();
    }
    exchange.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE);
    exchange.setReasonPhrase(StatusCodes.SERVICE_UNAVAILABLE_STRING);
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
