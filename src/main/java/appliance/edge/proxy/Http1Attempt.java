package appliance.edge.proxy;

import appliance.buffer.ClientDelay;
import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.ClientWatch;
import appliance.edge.exchange.ResponseBody;
import appliance.edge.http.InvalidResponse;
import appliance.edge.http.ResponseHead;
import appliance.edge.http.Upgrade;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.proxy.UpstreamProtocol.Outcome;
import appliance.edge.proxy.UpstreamProtocol.Request;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Awaiting;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.HttpConnection;
import appliance.edge.upstream.IoThreadContext;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request on one connection: its head and body go out while the answer is awaited, then the answer
 * goes to the client as it comes in.
 */
final class Http1Attempt extends Awaiting
    implements HttpConnection.User, RequestWriter.Owner, ResponseBody.Reader, ClientWatch.Waiting {

  /** How long to wait for an answer that explains why the application takes no more of the request. */
  private static final long EXPLANATION_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Reads in one go, before other connections of the thread have their turn. */
  private static final int READS_MAX = 16;

  private final Request request;
  private final IoThreadContext context;
  private final App app;
  private final Outcome outcome;

  /** The application's; while the request is sent, {@link RequestWriter} has one of its own. */
  private final Deadline deadline = new Deadline(this::timedOut);

  private final Deadline total = new Deadline(() -> failed(Failure.Kind.TOTAL, "it took too long"));
  private @Nullable HttpConnection connection;
  private @Nullable RequestWriter writer;
  private final AnswerHeads heads;
  private @Nullable ResponseHead head;
  private @Nullable ResponseBody body;
  private final ClientDelay delay = new ClientDelay(); // with the answer
  private boolean over;

  Http1Attempt(Request request, App app, Outcome outcome) {
    this.request = request;
    this.app = app;
    this.outcome = outcome;
    context = request.context();
    heads = new AnswerHeads(context);
  }

  void begin(HttpConnection to) {
    connection = to;
    request.client().underWay(this);
    to.use(this);
    context.begun(this);
    RequestWriter begun = new RequestWriter(request, to, this);
    writer = begun;
    begun.begin();
  }

  @Override
  public void writable() {
    if (writer != null) {
      writer.writable();
    }
  }

  @Override
  public void sent() {
    if (head == null && !over) {
      context.deadlines.set(deadline, context.limits.firstByte().toNanos());
    }
  }

  /** The application closed its side; it may have said why before, or have broken off its answer. */
  @Override
  public void notTaken() {
    if (!over && head == null) {
      context.deadlines.set(deadline, EXPLANATION_NANOS);
    } else if (delay.on() && !request.exchange().isResponseStarted()) {
      readable();
    }
  }

  /** An application that answers already may leave the rest of the request for as long as it goes on. */
  @Override
  public void stalled() {
    if (head == null) {
      failed(Failure.Kind.BROKEN, "it took nothing of the request for too long");
    }
  }

  @Override
  public void clientFailed(ClientFailure failure) {
    if (!over) {
      end(false);
      releaseBody();
      outcome.clientFailed(failure);
    }
  }

  @Override
  public boolean clientGone() {
    boolean underWay = !over;
    if (head == null) {
      clientFailed(ClientFailure.gone());
    } else if (underWay) {
      clientLost("it waits no more");
    }
    return underWay;
  }

  @Override
  public void readable() {
    try (PooledByteBuffer pooled = context.buffers.allocate()) {
      boolean more = true;
      for (int i = 0; i < READS_MAX && more && connection != null; i++) {
        more = fill(connection, pooled.getBuffer());
        if (pooled.getBuffer().hasRemaining()) {
          received(pooled.getBuffer());
        }
        more = more && !delay.on();
      }
      if (!over && body != null) {
        passOn(body);
      }
    } catch (ClientFailure e) {
      clientLost(String.valueOf(e.getMessage()));
    } catch (InvalidResponse e) {
      failed(Failure.Kind.INVALID, "it sent " + e.getMessage());
    } catch (IOException e) {
      failed(Failure.Kind.BROKEN, "the connection broke: " + e.getMessage());
    }
  }

  /** Reads once; returns whether there may be more to read at once. */
  private boolean fill(HttpConnection from, ByteBuffer buffer) throws IOException {
    buffer.clear();
    int read = from.source().read(buffer);
    boolean full = !buffer.hasRemaining();
    buffer.flip();
    if (read < 0) {
      endOfConnection();
    }
    return full;
  }

  /** Of what is here nothing waits for more to come: a head without its body, an event. */
  private void passOn(ResponseBody to) throws IOException {
    if (!to.flush()) {
      pause(); // the wait has a limit of its own, and is not the application's silence
    }
  }

  private void received(ByteBuffer buffer) throws IOException {
    while (head == null) {
      if (!readHead(buffer)) {
        return;
      }
    }
    ResponseBody to = body;
    if (!over && to != null) {
      receivedBody(buffer, to);
    }
  }

  private void receivedBody(ByteBuffer buffer, ResponseBody to) throws IOException {
    if (to.complete()) {
      end(!buffer.hasRemaining());
    } else {
      if (buffer.hasRemaining()) {
        to.accept(buffer);
      }
      if (to.complete()) {
        end(!to.excess());
      } else if (to.full()) {
        pause();
      } else {
        context.deadlines.set(deadline, context.limits.idle().toNanos());
      }
    }
    if (over && !to.holding()) {
      to.finish();
    }
  }

  private void pause() {
    context.deadlines.clear(deadline);
    if (connection != null) {
      delay.begin(System.nanoTime());
      connection.source().suspendReads();
    }
  }

  @Override
  public void resume() {
    ResponseBody to = body;
    if (to == null) {
      return;
    }
    if (over) {
      if (!to.holding()) {
        to.finish();
      }
    } else if (delay.on() && connection != null) {
      delay.end(context.deadlines.set(deadline, context.limits.idle().toNanos()));
      connection.source().resumeReads();
    }
  }

  /** Takes the head, or one interim head, out of {@code buffer}; false if it is not all there. */
  private boolean readHead(ByteBuffer buffer) throws IOException {
    ResponseHead found = heads.next(buffer);
    if (found == null) {
      return false;
    }
    if (found.interim()) {
      interim(found);
      return buffer.hasRemaining();
    }
    if (found.status() == 101 && !Upgrade.wanted(request.exchange())) {
      throw new InvalidResponse("status 101, which nobody asked for");
    }
    head = found;
    answer(found, buffer);
    return true;
  }

  private void interim(ResponseHead found) {
    if (found.status() == 100 && writer != null && writer.awaitsContinue()) {
      writer.goOn();
    }
  }

  private void answer(ResponseHead found, ByteBuffer buffer) {
    context.deadlines.clear(deadline);
    if (writer != null) {
      writer.answered();
    }
    if (app.relayed && answeredByRelay(found)) {
      return;
    }
    if (found.status() == 101) {
      upgrade(found, buffer);
      return;
    }
    found.copyTo(request.exchange());
    outcome.answered(app, found.status());
    body = new ResponseBody(request.body(), this, found);
  }

  private boolean answeredByRelay(ResponseHead found) {
    String one = found.application();
    if (one != null) {
      outcome.within(one);
    }
    if (!RelayRefusal.is(found)) {
      return false;
    }
    end(false);
    RelayRefusal.tell(found, app, outcome);
    return true;
  }

  @Override
  protected Deadline total() {
    return total;
  }

  /** No answer of {@code left} is awaited any more. */
  @Override
  protected void abandon(App left, String why) {
    if (app == left || app == left.forWrites()) {
      failed(Failure.Kind.ABANDONED, why);
    }
  }

  private void upgrade(ResponseHead found, ByteBuffer buffer) {
    HttpConnection from = connection;
    if (from == null) {
      return;
    }
    over = true;
    context.ended(this);
    new Tunnel(context, app, outcome.countsFor(app), from, buffer).joins(request.exchange(), found);
    outcome.answered(app, found.status());
    request.exchange().endExchange();
  }

  private void endOfConnection() throws IOException {
    ResponseBody to = body;
    if (to == null) {
      failed(Failure.Kind.BROKEN, "it closed the connection without an answer");
    } else if (to.endOfConnection()) {
      end(false);
      if (!to.holding()) {
        to.finish();
      }
    } else {
      failed(Failure.Kind.BROKEN, "it closed the connection within its answer");
    }
  }

  private void timedOut() {
    RequestWriter sending = writer;
    if (head != null && sending != null && sending.awaitsClient()) {
      // It may wait for the rest of the request, as we do.
      context.deadlines.set(deadline, context.limits.idle().toNanos());
    } else if (head != null) {
      delay.forget(); // it was read for all that time
      failed(Failure.Kind.BROKEN, "it sent nothing for too long");
    } else if (sending != null && sending.notTaken()) {
      failed(Failure.Kind.BROKEN, "it closed its side before it had the whole request");
    } else {
      failed(Failure.Kind.FIRST_BYTE, "no answer in time");
    }
  }

  private void failed(Failure.Kind kind, String why) {
    if (over) {
      return;
    }
    HttpConnection from = connection;
    boolean stale = from != null
        && from.kept()
        && head == null
        && kind == Failure.Kind.BROKEN
        && !heads.begun()
        && Staleness.closedBefore(request, app, System.nanoTime() - from.takenAt());
    Failure failure = Failure.sent(told(kind), why + " at " + app.where());
    end(false);
    if (head != null) {
      releaseBody();
      outcome.broken(app, failure);
      return;
    }
    outcome.failed(app, stale ? failure.asStale() : failure);
  }

  /** What {@code kind} comes to: within an answer, a relay keeps the same limit as we do. */
  private Failure.Kind told(Failure.Kind kind) {
    if (head != null && context.deadlines.overdue(total)) {
      return Failure.Kind.TOTAL;
    }
    long now = System.nanoTime();
    boolean heldUp = delay.excuses(now) || (writer != null && writer.heldUp(now));
    return heldUp && kind == Failure.Kind.BROKEN ? Failure.Kind.HELD_UP : kind;
  }

  @Override
  public void clientLost(String why) {
    releaseBody();
    end(false);
    outcome.clientLost(why);
  }

  private void releaseBody() {
    if (body != null) {
      body.release();
    }
  }

  /** Is done with the connection: it may serve again if all went as it should. */
  private void end(boolean clean) {
    if (over) {
      return;
    }
    over = true;
    if (head != null && body != null && body.complete()) {
      outcome.whole(app, head.status());
    }
    context.ended(this);
    context.deadlines.clear(deadline);
    boolean sent = writer != null && writer.done();
    if (writer != null) {
      writer.stop();
    }
    HttpConnection was = connection;
    connection = null;
    boolean again = clean && sent && head != null && head.keepAlive();
    if (was != null && again) {
      was.source().resumeReads();
      was.release();
    } else if (was != null) {
      was.close();
    }
  }
}
