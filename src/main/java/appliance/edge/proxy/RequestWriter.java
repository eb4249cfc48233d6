package appliance.edge.proxy;

import appliance.buffer.ClientDelay;
import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.Continue;
import appliance.edge.exchange.RequestHead;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.proxy.UpstreamProtocol.Request;
import appliance.edge.upstream.HttpConnection;
import appliance.edge.upstream.IoThreadContext;
import appliance.runtime.UnlessEnding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends one request's head and body on one connection, as fast as both sides allow. */
final class RequestWriter {

  /** How long to wait for a 100 of an application that may not know the word. */
  private static final long CONTINUE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Who is told how it went; at most one call, but for {@link #stalled}. */
  interface Owner {

    void sent();

    /** The application takes no more of it. */
    void notTaken();

    /** The application has taken nothing of it for too long. */
    void stalled();

    void clientFailed(ClientFailure failure);
  }

  private final Request request;
  private final IoThreadContext context;
  private final HttpConnection to;
  private final Deadline deadline = new Deadline(this::waited);
  private final Owner owner;
  private final ClientDelay delay = new ClientDelay();
  private @Nullable ByteBuffer unsentHead;
  private boolean sending = true;
  private boolean done;
  private boolean awaitsContinue;
  private boolean awaitsClient;
  private boolean notTaken;
  private boolean itsTurnComes;

  RequestWriter(Request request, HttpConnection to, Owner owner) {
    this.request = request;
    this.to = to;
    this.owner = owner;
    context = request.context();
    awaitsContinue = request.body().awaitsContinue() || request.body().asksFirst();
  }

  void begin() {
    int length =
        RequestHead.write(context.scratch, request.exchange(), request.body(), request.origin());
    ByteBuffer head = context.out.clear().put(context.scratch, 0, length).flip();
    try {
      to.write(head);
      if (head.hasRemaining()) {
        unsentHead = ByteBuffer.wrap(Arrays.copyOfRange(context.scratch, head.position(), length));
      }
      send();
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Whether all of it was written, head and body. */
  boolean done() {
    return done;
  }

  boolean awaitsContinue() {
    return awaitsContinue;
  }

  /** Whether the application has taken less than all of it, and takes no more. */
  boolean notTaken() {
    return notTaken;
  }

  /** Whether it is the client that keeps the request from going on. */
  boolean awaitsClient() {
    return sending && awaitsClient;
  }

  /** The same for so long that the application may have given up for that. */
  boolean heldUp(long now) {
    return awaitsClient() && delay.excuses(now);
  }

  /** Goes on where it stopped. */
  void writable() {
    try {
      send();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void send() throws IOException {
    if (!sending) {
      return;
    }
    ByteBuffer head = unsentHead;
    if (head != null) {
      to.write(head);
      if (head.hasRemaining()) {
        waitFor(context.limits.idle().toNanos());
        to.sink().resumeWrites();
        return;
      }
      unsentHead = null;
      to.sink().suspendWrites();
    }
    if (awaitsContinue) {
      boolean asks = request.body().asksFirst(); // of a node, which knows the word
      waitFor(asks ? context.limits.firstByte().toNanos() : CONTINUE_NANOS);
    } else {
      sendBody();
    }
  }

  private void waited() {
    if (awaitsContinue) {
      goOn();
    } else if (awaitsClient()) {
      stop();
      owner.clientFailed(ClientFailure.slow());
    } else {
      owner.stalled();
    }
  }

  /** The answer has begun: a body that was held back is not asked for any more. */
  void answered() {
    if (awaitsContinue) {
      context.deadlines.clear(deadline);
    }
  }

  private void sendBody() throws IOException {
    if (awaitsClient) {
      awaitsClient = false;
      delay.end(System.nanoTime());
    }
    context.deadlines.clear(deadline);
    request.body().patience().waited();
    switch (request.body().pump(to)) {
      case NOTHING -> sent();
      case CLIENT -> {
        to.sink().suspendWrites();
        awaitsClient = true;
        long patience = request.body().patience().await();
        if (patience > 0) {
          delay.begin(context.deadlines.set(deadline, patience));
          request.body().awaitClient(this::writable);
        } else {
          context.deadlines.expire(deadline); // set anew with each drip it would never be late
        }
      }
      case APPLICATION -> {
        request.body().suspend();
        waitFor(context.limits.idle().toNanos());
        to.sink().resumeWrites();
      }
      case OTHERS -> goOnLater();
    }
  }

  /** Once for each turn, although either side may call meanwhile. */
  private void goOnLater() {
    if (!itsTurnComes) {
      itsTurnComes = true;
      UnlessEnding.execute(context.thread, () -> {
        itsTurnComes = false;
        writable();
      });
    }
  }

  private void waitFor(long nanos) {
    context.deadlines.set(deadline, nanos);
  }

  private void sent() {
    sending = false;
    done = true;
    if (request.body().present()) {
      to.sink().suspendWrites();
      request.body().suspend();
    }
    owner.sent();
  }

  private void failed(IOException e) {
    if (!sending) {
      return;
    }
    stop();
    if (e instanceof ClientFailure client) {
      owner.clientFailed(client);
    } else {
      to.sink().suspendWrites();
      notTaken = true;
      owner.notTaken();
    }
  }

  /** Sends the body that was held back till now; has the client send it, if it was that which held it. */
  void goOn() {
    awaitsContinue = false;
    context.deadlines.clear(deadline);
    if (request.body().asksFirst()) {
      writable();
      return;
    }
    Continue.send(request.exchange(), this::writable, this::failed);
  }

  /** Sends no more. */
  void stop() {
    sending = false;
    context.deadlines.clear(deadline);
    request.body().suspend();
  }
}
