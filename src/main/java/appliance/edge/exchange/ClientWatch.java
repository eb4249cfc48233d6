package appliance.edge.exchange;

import appliance.edge.http.Methods;
import appliance.edge.io.ClientEnd;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.upstream.IoThreadContext;
import appliance.runtime.UnlessEnding;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a request given up whose client has gone, by whoever has it at the moment and says that nothing is lost by
 * that. The client is looked at only once the request has waited for a moment: most are answered sooner, and
 * cost no more than a deadline. Lives on the request's I/O thread.
 *
 * <p>The end of the client's side of an HTTP/1.1 connection counts as its leaving, as it does for nginx and
 * HAProxy: one that only says that it has no more requests cannot be told from one that is gone.
 */
public final class ClientWatch {

  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final HttpServerExchange exchange;
  private final IoThreadContext context;
  private final Deadline moment = new Deadline(this::look);
  private @Nullable Waiting waiting;
  private @Nullable ClientEnd end;
  private boolean begun;
  private boolean looked;
  private boolean over;

  public ClientWatch(HttpServerExchange exchange, IoThreadContext context) {
    this.exchange = exchange;
    this.context = context;
  }

  /** Who has the request, and gives it up if nobody waits for its answer any more. */
  @FunctionalInterface
  public interface Waiting {

    /** Returns whether there was anything left to be given up. */
    boolean clientGone();
  }

  /**
   * The request waits for its turn, and no application has seen any of it: {@code next} gives it up, should its
   * exchange end, or its client be gone if that counts.
   */
  public void giveUpBy(Waiting next) {
    boolean watched = waiting != null;
    waiting = next;
    if (!context.limits.abort() || watched || over) {
      return;
    }
    if (!begun) {
      begun = true;
      context.deadlines.set(moment, MOMENT_NANOS);
    } else if (looked) {
      watch();
    }
  }

  /**
   * An application works on the request: {@code next} gives it up if it is one that only reads. What another one
   * does counts, whoever hears of it.
   */
  public void underWay(Waiting next) {
    if (context.limits.abort() && Methods.safe(exchange.getRequestMethod())) {
      giveUpBy(next);
    } else {
      goOn();
    }
  }

  /** Nobody gives the request up until someone else has it. */
  public void goOn() {
    if (waiting != null) {
      waiting = null;
      if (end != null) {
        end.unwatch();
      }
    }
  }

  /** The exchange is over, by its answer or without one. */
  public void end() {
    over = true;
    context.deadlines.clear(moment);
    if (Thread.currentThread() == context.thread) {
      gone();
    } else if (waiting != null) { // who answers on a thread of his own ends it there
      UnlessEnding.execute(context.thread, this::gone);
    }
  }

  /** Whether the exchange is over; Undertow calls one whose connection was closed neither complete nor open. */
  public boolean over() {
    return over;
  }

  private void look() {
    if (!looked) {
      looked = true;
      end = ClientEnd.of(exchange);
    }
    watch();
  }

  private void watch() {
    if (waiting == null) {
      return;
    }
    if (end != null) {
      end.watch(this::gone);
    } else if (ClientEnd.isReset(exchange)) {
      gone();
    } else {
      context.deadlines.set(moment, MOMENT_NANOS);
    }
  }

  private void gone() {
    Waiting last = waiting;
    goOn();
    if (last != null && last.clientGone()) {
      context.givenUp.increment();
    }
  }
}
