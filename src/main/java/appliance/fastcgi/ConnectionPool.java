package appliance.fastcgi;

import appliance.model.Caller;
import appliance.runtime.UnlessEnding;
import java.io.IOException;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;

/**
 * The connections and the waiting calls of one I/O thread, first come first served. All but the
 * volatile fields belongs to that thread.
 */
final class ConnectionPool implements ConnectionOwner, Connector.Outcome {

  private static final long TICK_MILLIS = 100;
  private static final long BACKOFF_MILLIS_MIN = 10;
  private static final long BACKOFF_MILLIS_MAX = 200;

  /** For what a connection reads: one for each thread, whichever site and php it is of. */
  private static final ThreadLocal<ByteBuffer> READS =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(Connection.READ_BYTES));

  private final XnioIoThread thread;
  private final Connector connector;
  private final ConnectionBudget shares;
  private final Upstream upstream;
  private final RequestParameters maker = new RequestParameters();
  private final List<Connection> connections = new ArrayList<>();
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final Deque<Call> queue = new ArrayDeque<>();
  private int connecting;
  private int greeting;
  private boolean ticking;
  private long backoffMillis;
  private boolean closed;

  private volatile boolean backingOff;
  private volatile boolean waits;
  private volatile boolean needs;
  private volatile long oldest;
  private volatile int idleCount;
  private volatile int busyCount;
  private volatile int size;

  ConnectionPool(
      XnioIoThread thread, Connector connector, ConnectionBudget shares, Upstream upstream) {
    this.thread = thread;
    this.connector = connector;
    this.shares = shares;
    this.upstream = upstream;
  }

  void execute(Runnable task) {
    UnlessEnding.execute(thread, task);
  }

  boolean waits() {
    return waits;
  }

  /** Since when its first call waits; only if it {@link #waits}. */
  long oldest() {
    return oldest;
  }

  /** Whether one more connection would serve calls for which none is on its way, and may be opened now. */
  boolean needs() {
    return needs;
  }

  /** Whether it opens no connection for a moment, as the last one could not be opened. */
  boolean backsOff() {
    return backingOff;
  }

  boolean hasIdle() {
    return idleCount > 0;
  }

  /** Where its calls wait, with those of the other threads for the same site. */
  QueuePlaces site() {
    return upstream.places();
  }

  /** How many connections it has, of whatever state; those that it opens are among them. */
  int size() {
    return size;
  }

  int idleCount() {
    return idleCount;
  }

  int busyCount() {
    return busyCount;
  }

  void submit(Call call) {
    tickSoon();
    Connection connection = queue.isEmpty() ? idle.pollLast() : null;
    if (connection != null) {
      start(connection, call);
    } else if (closed) {
      refuse(call, Caller.Unsent.OWN_FAULT, "the node is closing");
    } else if (upstream.outage().isLongerThan(upstream.limits().times().restart())) {
      probe();
      refuseLate(call, upstream.outage().reason());
    } else if (!upstream.places().take()) {
      refuse(
          call,
          Caller.Unsent.BUSY,
          upstream.limits().queueMax() + " requests wait for php already");
    } else {
      queue.addLast(call);
      publish();
      grow();
    }
  }

  /** Nobody waits for {@code call} any more, if it is still in the queue. */
  void leave(Call call) {
    if (queue.remove(call)) {
      upstream.places().give();
      upstream.counters().aborted().increment();
      publish();
    }
  }

  private void start(Connection connection, Call call) {
    publish();
    connection.start(call, maker);
  }

  private void refuse(Call call, Caller.Unsent kind, String why) {
    upstream.counters().refused().increment();
    call.refuse(kind, upstream.address() + ": " + why);
  }

  private void publish() {
    Call first = queue.peekFirst();
    if (first != null) {
      oldest = first.waitingSince();
    }
    waits = first != null;
    needs = wants();
    idleCount = idle.size();
    busyCount = connections.size() - idle.size() - greeting;
    size = connections.size() + connecting;
  }

  private @Nullable Call nextCall() {
    Call next = queue.pollFirst();
    while (next != null && next.over()) {
      upstream.places().give();
      next = queue.pollFirst();
    }
    if (next != null) {
      upstream.places().give();
    }
    publish();
    return next;
  }

  private boolean wants() {
    return connecting + greeting < queue.size() && !backingOff && !closed;
  }

  /** Opens connections for those who wait, as far as there are any to be had. */
  void grow() {
    while (wants()) {
      if (!shares.take()) {
        if (connections.isEmpty()) {
          shares.ask(this);
        }
        return;
      }
      connect();
    }
  }

  /** Opens the connection that another pool has given up for this one, or leaves it to the next one. */
  void granted() {
    publish();
    if (wants()) {
      connect();
    } else {
      shares.give();
    }
  }

  private void connect() {
    connecting++;
    publish();
    connector.connect(thread, this);
  }

  /** Opens one connection for nobody, to learn whether php is back. */
  void probe() {
    if (!closed && connecting + greeting == 0 && !backingOff && shares.take()) {
      connect();
    }
  }

  @Override
  public void opened(Link link) {
    connecting--;
    greeting++;
    upstream.counters().connections().increment();
    Connection connection = new Connection(link, this, upstream, READS.get());
    connections.add(connection);
    publish();
    tickSoon();
    connection.open();
  }

  @Override
  public void failed(IOException why) {
    connecting--;
    backOff(); // first: what is given up is not for this one
    publish();
    shares.give();
    if (isOurs(why)) {
      upstream
          .failures()
          .accept("No connection to " + upstream.address() + ": " + why.getMessage());
    } else if (!(why instanceof BacklogFull)) {
      notTaken(String.valueOf(why.getMessage()));
    }
  }

  /** What stops a connection before it has left this node is no outage of php. */
  private static boolean isOurs(IOException why) {
    return why instanceof BindException
        || String.valueOf(why.getMessage()).startsWith("Too many open files");
  }

  @Override
  public void notTaken(String why) {
    if (!closed) {
      upstream.outage().begin(why);
    }
    backOff();
    publish();
  }

  private void backOff() {
    if (!backingOff) {
      backingOff = true;
      backoffMillis = Math.min(Math.max(backoffMillis * 2, BACKOFF_MILLIS_MIN), BACKOFF_MILLIS_MAX);
      UnlessEnding.executeAfter(
          thread::executeAfter, this::tryAgain, backoffMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void tryAgain() {
    backingOff = false;
    publish();
    grow();
  }

  @Override
  public void taken(Connection connection) {
    greeting--;
    backoffMillis = 0;
    upstream.outage().end();
  }

  @Override
  public void ready(Connection connection) {
    long now = System.nanoTime();
    shares.progress(now);
    if (closed || shares.isUnfair(this, now) || shares.turnIsOver(connection.takenAt(), now)) {
      connection.close();
      return;
    }
    Call next = nextCall();
    if (next != null) {
      start(connection, next);
    } else if (connection.unusedForLong(now)) {
      connection.close();
    } else {
      idle.addLast(connection);
      publish();
    }
  }

  @Override
  public void gone(Connection connection, boolean taken) {
    greeting -= taken ? 0 : 1;
    connections.remove(connection);
    idle.remove(connection);
    publish();
    shares.give();
  }

  @Override
  public void again(Call call) {
    upstream.counters().retries().increment();
    // Php is going down, or a child of it is: the next one is to be proven alive again.
    closeIdle();
    upstream.places().takeAgain();
    queue.addFirst(call);
    publish();
    grow();
  }

  @Override
  public void refused(Call call, String why) {
    refuse(call, Caller.Unsent.BUSY, why);
  }

  @Override
  public void failed(Call call, Failure failure) {
    upstream.counters().failures().increment();
    upstream.failures().accept(call + ": " + failure.message());
    call.fail(failure);
  }

  /** Gives one connection to a pool that has none. */
  void giveIdle() {
    Connection connection = queue.isEmpty() ? idle.peekFirst() : null;
    if (connection != null) {
      connection.close();
    }
  }

  private void closeIdle() {
    List.copyOf(idle).forEach(Connection::close);
  }

  private void tickSoon() {
    if (!ticking) {
      ticking = UnlessEnding.executeAfter(
              thread::executeAfter, this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS)
          != null;
    }
  }

  private void tick() {
    ticking = false;
    long now = System.nanoTime();
    List.copyOf(connections).forEach(connection -> connection.check(now));
    dropLate(now);
    if (queue.isEmpty() && !idle.isEmpty() && shares.isUnfair(this, now)) {
      giveIdle();
    }
    grow();
    if (!connections.isEmpty() || !queue.isEmpty()) {
      tickSoon();
    }
  }

  private void dropLate(long now) {
    FastCgiLimits.Times limits = upstream.limits().times();
    String outage = upstream.outage().reason();
    List<Call> late = new ArrayList<>();
    for (Iterator<Call> calls = queue.iterator(); calls.hasNext(); ) {
      Call call = calls.next();
      long waited = now - call.waitingSince();
      boolean down = !outage.isEmpty() && waited > limits.restart().toNanos();
      if (call.over() || down || waited > limits.queue().toNanos()) {
        calls.remove();
        upstream.places().give();
        late.add(call);
      }
    }
    publish();
    late.forEach(call -> refuseLate(call, outage));
  }

  private void refuseLate(Call call, String outage) {
    if (outage.isEmpty()) {
      long seconds = upstream.limits().times().queue().toSeconds();
      refuse(call, Caller.Unsent.BUSY, "no child was free within " + seconds + " s");
    } else {
      refuse(call, Caller.Unsent.UNREACHABLE, "it takes no connection (" + outage + ")");
    }
  }

  /** Refuses those who wait and closes what is idle; what runs is cut. */
  void close() {
    closed = true;
    List<Call> waiting = List.copyOf(queue);
    queue.clear();
    publish();
    waiting.forEach(call -> {
      upstream.places().give();
      refuse(call, Caller.Unsent.OWN_FAULT, "the node is closing");
    });
    List.copyOf(connections).forEach(Connection::close);
  }
}
