package appliance.fastcgi;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on its way through php. Belongs to its exchange's I/O thread. */
final class Call {

  private final HttpServerExchange exchange;
  private final Target.Script script;
  private final Body body;
  private final Consumer<String> unsent;
  private final Reply reply;
  private long waitingSince = System.nanoTime();
  private boolean retried;
  private boolean over;
  private @Nullable Connection connection;

  Call(HttpServerExchange exchange, Target.Script script, Body body, Consumer<String> unsent) {
    this.exchange = exchange;
    this.script = script;
    this.body = body;
    this.unsent = unsent;
    reply = new Reply(exchange);
  }

  void runsOn(Connection on) {
    connection = on;
  }

  /** The exchange is over, perhaps long before php is done. */
  void exchangeEnded() {
    if (!over && !reply.complete()) {
      over = true;
      Connection on = connection;
      if (on == null) {
        body.close();
      } else {
        on.abort(this);
      }
    }
  }

  Parameters parameters(RequestParameters maker) {
    return maker.of(exchange, script, body.length());
  }

  Body body() {
    return body;
  }

  Reply reply() {
    return reply;
  }

  long waitingSince() {
    return waitingSince;
  }

  /** Whether there is nobody left to answer. */
  boolean over() {
    return over || exchange.isComplete();
  }

  /** Whether running it twice is the same as once: RFC 9110, section 9.2.2. */
  boolean idempotent() {
    HttpString method = exchange.getRequestMethod();
    return method.equals(Methods.GET)
        || method.equals(Methods.HEAD)
        || method.equals(Methods.OPTIONS)
        || method.equals(Methods.PUT)
        || method.equals(Methods.DELETE);
  }

  /**
   * Whether it may go to php once more after a connection broke before the answer's first byte.
   *
   * @param seen whether php may have seen some of it
   */
  boolean mayRunAgain(boolean seen) {
    boolean whole = body.untouched() || body instanceof FileBody;
    return whole && (!seen || (idempotent() && !retried));
  }

  void runAgain(boolean seen) {
    connection = null;
    retried |= seen;
    waitingSince = System.nanoTime();
    if (body instanceof FileBody kept) {
      kept.rewind();
    }
  }

  /** Php has not seen a byte of it: someone else may answer, unless its body has been taken. */
  void refuse(String why) {
    over = true;
    boolean whole = body.untouched();
    body.close();
    if (exchange.isComplete()) {
      return;
    }
    if (whole) {
      unsent.accept(why);
    } else {
      reply.answer(503, "the application cannot take the request now");
    }
  }

  /** Tells the client, if it has had nothing yet; else breaks its connection. */
  void fail(Failure failure) {
    over = true;
    body.close();
    if (exchange.isComplete()) {
      return;
    }
    if (reply.begun()) {
      reply.cut();
    } else {
      reply.answer(failure.kind().status, failure.kind().words);
    }
  }

  void done() {
    over = true;
    body.close();
  }

  /** For the log. */
  @Override
  public String toString() {
    return exchange.getRequestMethod() + " " + script.name();
  }
}
