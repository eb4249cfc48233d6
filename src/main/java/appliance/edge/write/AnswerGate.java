package appliance.edge.write;

import appliance.runtime.UnlessEnding;
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
  private Runnable lost = () -> {};
  private boolean watched;

  /** That of the attempt which is under way; it is open for what is no write. */
  public AnswerGate(HttpServerExchange exchange) {
    this.exchange = exchange;
    pass = exchange.getAttachment(PASS);
  }

  /** Whether the answer may begin: as it is, or as the 503 that {@link WritePass} makes of it. */
  public boolean open() {
    return pass == null || pass.decided();
  }

  /** As {@link #whenOpen(Runnable, Runnable)}, for who sees the end of the exchange himself. */
  public void whenOpen(Runnable goOn) {
    whenOpen(goOn, () -> {});
  }

  /**
   * Calls {@code goOn} once when it is open or the client is gone; or {@code ended} if the exchange ends
   * before, by whomever. A second call takes the place of the first.
   */
  public void whenOpen(Runnable goOn, Runnable ended) {
    if (exchange.isComplete()) {
      ended.run();
      return;
    }
    boolean looking = waiting != null;
    waiting = goOn;
    lost = ended;
    if (!watched) {
      watched = true;
      exchange.addExchangeCompleteListener((complete, next) -> {
        giveUp();
        next.proceed();
      });
    }
    if (!looking) {
      lookLater();
    }
  }

  private void lookLater() {
    UnlessEnding.executeAfter(
        exchange.getIoThread()::executeAfter, this::look, RECHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void giveUp() {
    if (waiting != null) {
      waiting = null;
      lost.run();
    }
  }

  /** The answer does not begin: nobody is called any more. */
  public void leave() {
    waiting = null;
  }

  private void look() {
    Runnable goOn = waiting;
    if (goOn == null) {
      return; // the exchange has ended
    }
    if (open() || !exchange.getConnection().isOpen()) {
      waiting = null;
      goOn.run();
    } else {
      lookLater();
    }
  }
}
