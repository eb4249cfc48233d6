package appliance.edge.write;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the beginning of an application's answer to a write while nobody stands behind it and somebody
 * may do so again. Only before it has begun can it still become a 503. Belongs to the exchange's I/O thread.
 */
public final class AnswerGate {

  static final AttachmentKey<WritePass> PASS = AttachmentKey.create(WritePass.class);

  private static final long RECHECK_MILLIS = 10;

  private final HttpServerExchange exchange;
  private final @Nullable WritePass pass;
  private @Nullable Runnable waiting;

  /** That of the attempt which is under way; it is open for what is no write. */
  public AnswerGate(HttpServerExchange exchange) {
    this.exchange = exchange;
    pass = exchange.getAttachment(PASS);
  }

  /** Whether the answer may begin: as it is, or as the 503 that {@link WritePass} makes of it. */
  public boolean open() {
    return pass == null || pass.decided();
  }

  /**
   * Calls {@code goOn} once when it is open or the client is gone; never, if the exchange ends before. A
   * second call takes the place of the first.
   */
  public void whenOpen(Runnable goOn) {
    boolean looking = waiting != null;
    waiting = goOn;
    if (!looking) {
      lookLater();
    }
  }

  private void lookLater() {
    exchange.getIoThread().executeAfter(this::look, RECHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    Runnable goOn = waiting;
    if (goOn == null || exchange.isComplete()) {
      waiting = null;
    } else if (open() || !exchange.getConnection().isOpen()) {
      waiting = null;
      goOn.run();
    } else {
      lookLater();
    }
  }
}
