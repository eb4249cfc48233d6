package appliance.fastcgi;

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

  /** What happens to a connection, told on its I/O thread. */
  interface Owner {
    /** A child of php has taken it. */
    void taken(Connection connection);

    /** It can take a call. */
    void ready(Connection connection);

    /** It is closed, and holds no call any more; {@code taken} tells whether a child ever took it. */
    void gone(Connection connection, boolean taken);

    /** It broke before the answer's first byte: the call is to have another one. */
    void again(Call call);

    /** Php has not run the call, and says so. */
    void refused(Call call, String why);

    /** The call has failed; the client is to be told. */
    void failed(Call call, Failure failure);

    /** It broke before any child took it. */
    void notTaken(String why);
  }

  private enum State {
    GREETING,
    IDLE,
    BUSY,
    CLOSED
  }

  private static final int OVERLOADED = 2;

  /** In one go, before other connections of the thread have their turn. */
  private static final int READS_MAX = 16;

  private final Link link;
  private final Owner owner;
  private final Upstream upstream;
  private final RecordReader records;
  private final Stderr stderr;
  private final HeadBuffer head;
  private final RequestWriter request;
  private ByteBuffer in;
  private State state = State.GREETING;
  private @Nullable Call call;
  private @Nullable RequestParameters maker;
  private boolean fresh;
  private boolean proving;
  private boolean answering;
  private boolean clientSlow;
  private boolean onlyChecked;
  private long onlyCheckedSince;
  private long startedAt;
  private long changedAt = System.nanoTime();

  Connection(Link link, Owner owner, Upstream upstream) {
    this.link = link;
    this.owner = owner;
    this.upstream = upstream;
    stderr = new Stderr(upstream.phpLog(), upstream.counters().stderrLines());
    records = new RecordReader(stderr);
    head = new HeadBuffer(upstream.limits().sizes().head());
    request = new RequestWriter(link, this::touch, this::broken);
    in = upstream.buffers().take();
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

  private void touch() {
    changedAt = System.nanoTime();
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
    proving = !fresh && (!next.idempotent() || next.isRetry());
    fresh = false;
    records.reset();
    head.clear();
    touch();
    startedAt = changedAt;
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
    return state != State.CLOSED && !clientSlow;
  }

  private void greeted() throws IOException {
    if (in.hasRemaining() || records.ended()) {
      throw new InvalidResponse("an answer before there was a request");
    }
    if (records.greeted()) {
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
      clientSlow = true;
      link.wantReads(false);
      current.answer().whenWritable(this::drain);
    }
  }

  private Call current() {
    if (call == null) {
      throw new IllegalStateException("busy without a call");
    }
    return call;
  }

  /** The client takes more; php goes on once all is gone. */
  private void drain() {
    if (state != State.BUSY) {
      return;
    }
    touch();
    try {
      if (!current().answer().write(in)) {
        current().answer().whenWritable(this::drain);
        return;
      }
      clientSlow = false;
      link.wantReads(true);
    } catch (IOException e) {
      broken(e);
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
    LastPiece piece = new LastPiece(finished, in, upstream);
    if (!piece.write()) {
      in = upstream.buffers().take();
    }
    becomeReadyOrClose();
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
    close();
    if (greeting) {
      owner.notTaken(String.valueOf(why.getMessage()));
    } else if (lost != null) {
      lose(lost, why);
    }
  }

  private void lose(Call lost, IOException why) {
    stderr.flush();
    boolean silent = head.length() == 0 && !answering;
    String message = upstream.address() + ": " + why.getMessage();
    if (why instanceof ClientFailure client) {
      upstream.counters().aborted().increment();
      lost.fail(new Failure(client.kind(), message));
    } else if (why instanceof InvalidResponse) {
      owner.failed(
          lost,
          new Failure(Failure.Kind.INVALID, upstream.address() + " sent " + why.getMessage()));
    } else if (silent && lost.mayRunAgain(request.written() > 0)) {
      lost.runAgain(request.written() > 0);
      owner.again(lost);
    } else {
      owner.failed(lost, new Failure(Failure.Kind.BROKEN, message));
    }
  }

  /** Ends the call because nobody waits for it any more. Php notices at its next output. */
  void abort(Call gone) {
    if (call == gone) {
      upstream.counters().aborted().increment();
      gone.done();
      close();
    }
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
    if (state == State.IDLE && unusedForLong(now)) {
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
    // Others have limits for these.
    boolean waitsElsewhere =
        request.awaitsBody() || (clientSlow && late.answer().heldBack());
    if (waitsElsewhere || still <= (waits ? limits.firstByte() : limits.idle()).toNanos()) {
      return;
    }
    close();
    String after = " after " + still / 1_000_000_000 + " s";
    if (clientSlow) {
      upstream.counters().aborted().increment();
      late.fail(new Failure(Failure.Kind.CLIENT, "the client stood still" + after));
    } else {
      Failure.Kind kind = waits ? Failure.Kind.FIRST_BYTE : Failure.Kind.IDLE;
      String what = waits
          ? ": no answer"
          : request.done() ? ": no more of the answer" : ": it takes no more of the request";
      owner.failed(late, new Failure(kind, upstream.address() + what + after));
    }
  }

  void close() {
    if (state != State.CLOSED) {
      boolean taken = state != State.GREETING;
      state = State.CLOSED;
      leaveCall();
      request.stop();
      link.close();
      // Its buffer is not given back: a method further up may still be reading from it.
      owner.gone(this, taken);
    }
  }
}
