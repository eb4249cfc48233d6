package appliance.fastcgi;

import appliance.buffer.ClientDelay;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to php and the call on it, if any. Belongs to one I/O thread.
 *
 * <p>A new connection is greeted first: it may stand in php's backlog, and only a child that has taken
 * it answers. So a call is never tied to a connection that no child serves, and is not lost with the
 * backlog when php restarts.
 */
final class Connection {

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private enum State {
    GREETING,
    IDLE,
    BUSY,
    CLOSED
  }

  private static final int OVERLOADED = 2;

  /** A child that is free takes a connection sooner. */
  private static final long TAKEN_NANOS_MAX = 50_000_000;

  /** In one go, before other connections of the thread have their turn. */
  private static final int READS_MAX = 16;

  static final int READ_BYTES = 64 * 1024;

  private final Link link;
  private final ConnectionOwner owner;
  private final Upstream upstream;
  private final RecordReader records;
  private final Stderr stderr;
  private final HeadBuffer head;
  private final RequestWriter request;
  private final ByteBuffer in;
  private State state = State.GREETING;
  private @Nullable Call call;
  private @Nullable RequestParameters maker;
  private boolean fresh;
  private boolean proving;
  private boolean answering;
  private ClientDelay delay = new ClientDelay();
  private boolean onlyChecked;
  private long onlyCheckedSince;
  private long startedAt;
  private long changedAt = System.nanoTime();
  private final long openedAt = changedAt;
  private long takenAt = openedAt;

  /** What {@code in} takes is used up before another connection of the thread reads: one will do for all. */
  Connection(Link link, ConnectionOwner owner, Upstream upstream, ByteBuffer in) {
    this.link = link;
    this.owner = owner;
    this.upstream = upstream;
    this.in = in;
    stderr = new Stderr(upstream.phpLog(), upstream.counters().stderrLines());
    records = new RecordReader(stderr);
    head = new HeadBuffer(upstream.limits().sizes().head());
    request = new RequestWriter(link, this::touch, this::broken);
  }

  void open() {
    link.listen(this::readable, request::writable);
    link.wantReads(true);
    try {
      request.greet();
    } catch (IOException e) {
      broken(e);
    }
  }

  private long touch() {
    changedAt = System.nanoTime();
    return changedAt;
  }

  /**
   * Sends {@code next}. One that must not run twice, or is tried again, is sent only after the connection has
   * been greeted again: php closes it after {@code pm.max_requests}, perhaps at this very moment, and each one
   * after its present request when it restarts.
   */
  void start(Call next, RequestParameters maker) {
    state = State.BUSY;
    call = next;
    upstream.checks().addAndGet(next.check() ? 1 : 0);
    next.runsOn(this);
    noteUse(next);
    answering = false;
    delay = new ClientDelay();
    proving = !fresh && (!next.idempotent() || next.isRetry());
    fresh = false;
    records.reset();
    head.clear();
    startedAt = touch();
    this.maker = maker;
    try {
      if (proving) {
        request.greet();
      } else {
        request.begin(next.parameters(maker), next.body());
      }
    } catch (IOException e) {
      broken(e);
    }
  }

  /** Checks come again and again, from several nodes: they keep no child of a php that nobody else uses. */
  private void noteUse(Call next) {
    if (next.check() && !onlyChecked) {
      onlyCheckedSince =
          fresh ? changedAt - upstream.limits().times().keepAlive().toNanos() : changedAt;
    }
    onlyChecked = next.check();
  }

  private void proved() throws IOException {
    if (in.hasRemaining() || records.ended()) {
      throw new InvalidResponse("an answer before there was a request");
    }
    if (records.greeted() && maker != null) {
      proving = false;
      records.reset();
      request.begin(current().parameters(maker), current().body());
    }
  }

  private void readable() {
    try {
      boolean more = state != State.CLOSED;
      for (int i = 0; i < READS_MAX && more; i++) {
        int n = link.read(in.clear());
        if (n < 0) {
          broken(new IOException("php closed the connection"));
          return;
        }
        in.flip();
        boolean goOn = n > 0 && take();
        more = goOn && n == in.capacity();
      }
    } catch (IOException e) {
      broken(e);
    } catch (RuntimeException e) {
      log.error("A connection to {} is given up", upstream.address(), e);
      broken(new IOException("an error of ours", e));
    }
  }

  /** Returns whether to go on reading. */
  private boolean take() throws IOException {
    touch();
    records.decode(in);
    switch (state) {
      case GREETING -> greeted();
      case BUSY -> {
        if (proving) {
          proved();
        } else {
          answer();
        }
      }
      default -> throw new InvalidResponse("something that nobody asked for");
    }
    return state != State.CLOSED && !delay.on();
  }

  private void greeted() throws IOException {
    if (in.hasRemaining() || records.ended()) {
      throw new InvalidResponse("an answer before there was a request");
    }
    if (records.greeted()) {
      takenAt = System.nanoTime();
      owner.taken(this);
      fresh = true;
      becomeReady();
    }
  }

  private void becomeReady() {
    state = State.IDLE;
    touch();
    owner.ready(this);
  }

  private void answer() throws IOException {
    Call current = current();
    boolean ended = records.ended();
    if (!answering) {
      answering = head.take(in);
      if (answering) {
        ResponseHead parsed = ResponseHead.parse(head.array(), head.length());
        current.answer().begin(parsed, ended ? in.remaining() : -1);
      } else if (ended) {
        endedEarly(current);
        return;
      }
    }
    if (ended) {
      finish(current);
    } else if (answering && in.hasRemaining() && !current.answer().write(in)) {
      delay.begin(changedAt);
      link.wantReads(false);
      current.answer().whenRoom(this::goOn);
    }
  }

  private Call current() {
    if (call == null) {
      throw new IllegalStateException("busy without a call");
    }
    return call;
  }

  /** The client has taken enough of what is held: php goes on. */
  private void goOn() {
    if (state == State.BUSY && delay.on()) {
      delay.end(touch());
      link.wantReads(true);
    }
  }

  /** The client of {@code of}, whose answer may be whole already, is gone or takes nothing. */
  void clientLost(Call of, ClientFailure why) {
    if (call == of) {
      broken(why);
    } else {
      upstream.counters().aborted().increment();
      of.answer().cut(String.valueOf(why.getMessage()));
    }
  }

  private void endedEarly(Call ended) throws InvalidResponse {
    if (records.protocolStatus() != OVERLOADED) {
      throw new InvalidResponse("an end without a head, status " + records.protocolStatus());
    }
    leaveCall();
    becomeReadyOrClose();
    owner.refused(ended, "php says it is overloaded");
  }

  /** Php is free for the next call, whatever the client makes of the last bytes. */
  private void finish(Call finished) {
    leaveCall();
    stderr.flush();
    finished.done();
    endAnswer(finished);
    becomeReadyOrClose();
  }

  private void endAnswer(Call of) {
    try {
      of.answer().write(in);
      of.answer().end();
    } catch (InvalidResponse e) {
      failed(of, e);
    } catch (IOException e) {
      upstream.counters().aborted().increment();
      of.answer().cut(String.valueOf(e.getMessage()));
    }
  }

  private void leaveCall() {
    if (call != null && call.check()) {
      upstream.checks().decrementAndGet();
    }
    call = null;
  }

  private void becomeReadyOrClose() {
    if (request.done()) {
      becomeReady();
    } else {
      close();
    }
  }

  /** Ends everything on it after {@code why}. */
  private void broken(IOException why) {
    if (state == State.CLOSED) {
      return;
    }
    boolean greeting = state == State.GREETING;
    Call lost = call;
    long now = System.nanoTime();
    boolean heldUp = delay.excuses(now) || request.heldUp(now);
    close();
    if (greeting) {
      owner.notTaken(String.valueOf(why.getMessage()));
    } else if (lost != null) {
      lose(lost, why, heldUp);
    }
  }

  private void lose(Call lost, IOException why, boolean heldUp) {
    stderr.flush();
    boolean silent = head.length() == 0 && !answering;
    String message = upstream.address() + ": " + why.getMessage();
    if (why instanceof ClientFailure client) {
      upstream.counters().aborted().increment();
      lost.fail(new Failure(client.kind(), message));
    } else if (why instanceof InvalidResponse invalid) {
      failed(lost, invalid);
    } else if (silent && lost.mayRunAgain(request.written() > 0)) {
      lost.runAgain(request.written() > 0);
      owner.again(lost);
    } else {
      owner.failed(lost, Failure.broken(heldUp, message));
    }
  }

  private void failed(Call by, InvalidResponse why) {
    String message = upstream.address() + " sent " + why.getMessage();
    owner.failed(by, new Failure(Failure.Kind.INVALID, message));
  }

  /** Ends the call because nobody waits for it any more. Php notices at its next output. */
  void abort(Call gone) {
    if (call == gone) {
      upstream.counters().aborted().increment();
      gone.done();
      close();
    }
  }

  /** When a child took it. */
  long takenAt() {
    return takenAt;
  }

  /** Whether php had no child free for it: others wait for the one that it has, as it did. */
  private boolean waitedForChild() {
    return takenAt - openedAt > TAKEN_NANOS_MAX;
  }

  /** Whether it is kept in vain, if nobody waits for it. */
  boolean unusedForLong(long now) {
    long since = onlyChecked ? onlyCheckedSince : changedAt;
    return now - since > upstream.limits().times().keepAlive().toNanos();
  }

  /** Closes it if it has been still for too long. */
  void check(long now) {
    FastCgiLimits.Times limits = upstream.limits().times();
    long still = now - changedAt;
    if (state == State.IDLE && (unusedForLong(now) || waitedForChild())) {
      close();
    } else if (state == State.GREETING && still > limits.queue().toNanos()) {
      broken(new IOException("no child took the connection"));
    } else if (state == State.BUSY && !tookTooLong(now, limits.total())) {
      checkBusy(still, limits);
    }
  }

  private boolean tookTooLong(long now, Duration total) {
    if (total.isZero() || now - startedAt <= total.toNanos()) {
      return false;
    }
    Call late = current();
    close();
    String message = upstream.address() + ": no whole answer within " + total.toMillis() + " ms";
    owner.failed(late, new Failure(Failure.Kind.TOTAL, message));
    return true;
  }

  private void checkBusy(long still, FastCgiLimits.Times limits) {
    boolean waits = request.done() && head.length() == 0;
    Call late = current();
    // There are limits elsewhere for these.
    boolean waitsElsewhere = request.awaitsBody() || delay.on();
    if (waitsElsewhere || still <= (waits ? limits.firstByte() : limits.idle()).toNanos()) {
      return;
    }
    close();
    String what = waits
        ? ": no answer"
        : request.done() ? ": no more of the answer" : ": it takes no more of the request";
    owner.failed(late, Failure.still(waits, upstream.address() + what, still));
  }

  void close() {
    if (state != State.CLOSED) {
      boolean taken = state != State.GREETING;
      state = State.CLOSED;
      leaveCall();
      request.stop();
      link.close();
      owner.gone(this, taken);
    }
  }
}
