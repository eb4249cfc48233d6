package appliance.fastcgi;

import appliance.model.Caller;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import org.jspecify.annotations.Nullable;

/** One request on its way through php. Belongs to its exchange's I/O thread. */
final class Call {

  /** A restart may end the child that a retry went to; a script that kills its child ends here. */
  private static final int RETRIES_MAX = 2;

  private final HttpServerExchange exchange;
  private final Target.Script script;
  private final Body body;
  private final Caller caller;
  private final Reply reply;
  private long waitingSince = System.nanoTime();
  private int retries;
  private boolean over;
  private @Nullable Connection connection;

  Call(HttpServerExchange exchange, Target.Script script, Body body, Caller caller) {
    this.exchange = exchange;
    this.script = script;
    this.body = body;
    this.caller = caller;
    reply = new Reply(exchange, caller);
  }

  void runsOn(Connection on) {
    connection = on;
    caller.begun();
  }

  /** The exchange is over, perhaps long before php is done, or before its turn in {@code pool} has come. */
  void exchangeEnded(ConnectionPool pool) {
    reply.unwatch();
    if (!over && !reply.complete()) {
      over = true;
      Connection on = connection;
      if (on == null) {
        body.close();
        pool.leave(this);
      } else {
        on.abort(this);
      }
    }
  }

  Parameters parameters(RequestParameters maker) {
    return maker.of(exchange, script, body.length(), caller.port());
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
    return whole && (!seen || (idempotent() && retries < RETRIES_MAX));
  }

  /** Whether php may have seen some of it before. */
  boolean isRetry() {
    return retries > 0;
  }

  void runAgain(boolean seen) {
    connection = null;
    retries += seen ? 1 : 0;
    waitingSince = System.nanoTime();
    if (body instanceof FileBody kept) {
      kept.rewind();
    }
  }

  /** Php has not seen a byte of it: someone else may answer, unless its body has been taken. */
  void refuse(Caller.Unsent kind, String why) {
    over = true;
    boolean whole = body.untouched();
    body.close();
    if (exchange.isComplete()) {
      return;
    }
    if (whole) {
      caller.unsent(kind, why);
    } else {
      caller.failed(503, "the application cannot take the request now");
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
    } else if (failure.kind().phps()) {
      caller.failed(failure.kind().status, failure.kind().words);
    } else {
      caller.clientFailed(failure.kind().status, failure.kind().words);
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
