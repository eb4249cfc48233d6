package appliance.fastcgi;

import appliance.model.Caller;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client's request on its way through php. Belongs to its exchange's I/O thread. */
final class ClientCall implements Call {

  private final HttpServerExchange exchange;
  private final Target.Script script;
  private final Body body;
  private final Caller caller;
  private final Reply reply;
  private long waitingSince = System.nanoTime();
  private int retries;
  private boolean over;
  private @Nullable Connection connection;

  ClientCall(
      HttpServerExchange exchange,
      Target.Script script,
      Body body,
      Caller caller,
      Upstream upstream) {
    this.exchange = exchange;
    this.script = script;
    this.body = body;
    this.caller = caller;
    Duration idle = upstream.limits().times().idle();
    reply = new Reply(exchange, caller, upstream.memory(), idle, this::clientLost);
  }

  private void clientLost(ClientFailure why) {
    Connection on = connection;
    if (on != null) {
      on.clientLost(this, why);
    } else {
      reply.cut(String.valueOf(why.getMessage()));
    }
  }

  @Override
  public void runsOn(Connection on) {
    connection = on;
    caller.begun();
  }

  /** The exchange is over, perhaps long before php is done, or before its turn in {@code pool} has come. */
  void exchangeEnded(ConnectionPool pool) {
    boolean complete = reply.complete();
    if (over ? reply.holding() : !complete) {
      caller.clientLost("it left before it had the whole answer");
    }
    reply.release();
    if (!over && !complete) {
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

  @Override
  public Parameters parameters(RequestParameters maker) {
    return maker.of(exchange, script, body.length(), caller);
  }

  @Override
  public Body body() {
    return body;
  }

  @Override
  public Answer answer() {
    return reply;
  }

  @Override
  public long waitingSince() {
    return waitingSince;
  }

  @Override
  public boolean over() {
    return over || exchange.isComplete();
  }

  @Override
  public boolean check() {
    return caller.check();
  }

  @Override
  public boolean idempotent() {
    HttpString method = exchange.getRequestMethod();
    return method.equals(Methods.GET)
        || method.equals(Methods.HEAD)
        || method.equals(Methods.OPTIONS)
        || method.equals(Methods.PUT)
        || method.equals(Methods.DELETE);
  }

  @Override
  public boolean mayRunAgain(boolean seen) {
    boolean whole = body.untouched() || body instanceof FileBody;
    return whole && (!seen || (idempotent() && retries < RETRIES_MAX));
  }

  @Override
  public boolean isRetry() {
    return retries > 0;
  }

  @Override
  public void runAgain(boolean seen) {
    connection = null;
    retries += seen ? 1 : 0;
    waitingSince = System.nanoTime();
    if (body instanceof FileBody kept) {
      kept.rewind();
    }
  }

  @Override
  public void refuse(Caller.Unsent kind, String why) {
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

  @Override
  public void fail(Failure failure) {
    over = true;
    body.close();
    if (exchange.isComplete()) {
      return;
    }
    boolean begun = reply.begun();
    if (begun && !failure.kind().phps()) {
      reply.cut(failure.message());
      return;
    }
    reply.release(); // what is held must not follow another answer
    if (begun || failure.kind() == Failure.Kind.HELD_UP) {
      failure.tellOfEnd(caller);
    } else if (failure.kind().phps()) {
      caller.failed(failure.kind().status, failure.kind().words);
    } else {
      caller.clientFailed(failure.kind().status, failure.kind().words);
    }
  }

  @Override
  public void done() {
    over = true;
    body.close();
  }

  /** For the log. */
  @Override
  public String toString() {
    return exchange.getRequestMethod() + " " + script.name();
  }
}
