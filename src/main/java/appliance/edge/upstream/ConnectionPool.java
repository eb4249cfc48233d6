package appliance.edge.upstream;

import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.stats.PoolStats;
import appliance.runtime.HostLookup;
import appliance.runtime.UnlessEnding;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.xnio.IoFuture;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;

/**
 * The connections of one I/O thread to one application: bounded, the most recently used one first, with
 * a bounded queue in the order of arrival when all are busy.
 */
public final class ConnectionPool {

  private static final OptionMap OPTIONS = OptionMap.create(Options.TCP_NODELAY, true);

  private final IoThreadContext context;
  private final App app;
  private final PoolStats stats;
  private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private int open;
  private boolean retired;

  ConnectionPool(IoThreadContext context, App app, PoolStats stats) {
    this.context = context;
    this.app = app;
    this.stats = stats;
  }

  /** Who wants a connection: exactly one of the two is called, once, unless it leaves. */
  public interface Taker {

    void connected(HttpConnection connection);

    void refused(Failure failure);
  }

  private static final class Waiting {

    final Taker taker;
    final Deadline deadline;

    Waiting(Taker taker, Runnable expired) {
      this.taker = taker;
      deadline = new Deadline(expired);
    }
  }

  /**
   * @param maxIdleNanos a kept connection unused for longer than this will not do
   */
  public void take(Taker taker, long maxIdleNanos) {
    HttpConnection kept = idle.peekLast();
    long now = System.nanoTime();
    if (kept != null && kept.idleNanos(now) < maxIdleNanos) {
      idle.pollLast();
      stats.idle.decrement();
      kept.leaveIdle();
      kept.takenAgain(now);
      taker.connected(kept);
    } else if (open < context.limits.connectionsMax()) {
      connect(taker);
    } else if (kept != null) {
      kept.close();
      connect(taker);
    } else if (waiting.size() < context.limits.waitingMax()) {
      enqueue(taker);
    } else {
      taker.refused(Failure.unsent(
          Failure.Kind.QUEUE, waiting.size() + " requests already wait for " + app.where()));
    }
  }

  /** A fresh one beyond all bounds, for a check that must not wait behind those it checks on. */
  public void takeExtra(Taker taker) {
    connect(taker);
  }

  /** {@code taker} leaves the queue, if it is in it; a connection that is being opened for it comes all the same. */
  public void leave(Taker taker) {
    for (Waiting waiter : waiting) {
      if (waiter.taker == taker) {
        waiting.remove(waiter);
        stats.waiting.decrement();
        context.deadlines.clear(waiter.deadline);
        return;
      }
    }
  }

  private void enqueue(Taker taker) {
    Waiting[] self = new Waiting[1];
    self[0] = new Waiting(taker, () -> waited(self[0]));
    waiting.addLast(self[0]);
    stats.waiting.increment();
    context.deadlines.set(self[0].deadline, context.limits.queue().toNanos());
  }

  private void waited(Waiting waiter) {
    if (waiting.remove(waiter)) {
      stats.waiting.decrement();
      waiter.taker.refused(Failure.unsent(
          Failure.Kind.QUEUE,
          "waited " + context.limits.queue().toSeconds() + " s for a connection to "
              + app.where()));
    }
  }

  private void connect(Taker taker) {
    open++;
    stats.open.increment();
    new Connecting(taker).begin();
  }

  /** One connection on its way. */
  private final class Connecting {

    private final Taker taker;
    private final Deadline deadline = new Deadline(this::timedOut);
    private @Nullable IoFuture<StreamConnection> opening;
    private @Nullable StreamConnection securing;
    private boolean over;

    Connecting(Taker taker) {
      this.taker = taker;
    }

    void begin() {
      context.deadlines.set(deadline, context.limits.connect().toNanos());
      app.lookup.find(address -> {
        if (Thread.currentThread() == context.thread) {
          found(address);
        } else {
          UnlessEnding.execute(context.thread, () -> found(address));
        }
      });
    }

    private void found(InetSocketAddress address) {
      if (address.isUnresolved()) {
        // Not at once: who asks may not have been told yet that it is under way.
        UnlessEnding.execute(
            context.thread, () -> failed(HostLookup.unknown(address.getHostString())));
      } else if (!over) {
        open(address);
      }
    }

    private void open(InetSocketAddress address) {
      IoFuture<StreamConnection> future =
          context.thread.openStreamConnection(address, this::opened, OPTIONS);
      future.addNotifier(
          (result, none) -> {
            if (result.getStatus() == IoFuture.Status.FAILED) {
              IOException cause = result.getException();
              UnlessEnding.execute(context.thread, () -> failed(cause));
            }
          },
          null);
      opening = future;
    }

    private void opened(StreamConnection connection) {
      if (app.relayed && context.relayTls.isPresent() && !over) {
        securing = connection;
        context
            .relayTls
            .get()
            .connected(connection, this::usable, e -> failed(Failure.Kind.CONNECT, words(e)));
      } else {
        usable(connection);
      }
    }

    private void usable(StreamConnection connection) {
      if (over) {
        IoUtils.safeClose(connection);
        return;
      }
      over = true;
      context.deadlines.clear(deadline);
      stats.opened.increment();
      taker.connected(new HttpConnection(connection, ConnectionPool.this));
    }

    private void timedOut() {
      IoUtils.safeClose(securing);
      if (opening != null) {
        opening.cancel();
      }
      failed(
          Failure.Kind.CONNECT_TIMEOUT,
          "no connection within " + context.limits.connect().toMillis() + " ms");
    }

    private void failed(IOException cause) {
      failed(Failure.Kind.of(cause), words(cause));
    }

    private void failed(Failure.Kind kind, String words) {
      if (!over) {
        over = true;
        context.deadlines.clear(deadline);
        freed();
        taker.refused(Failure.unsent(kind, words + " at " + app.where()));
      }
    }
  }

  private static String words(IOException cause) {
    String message = String.valueOf(cause.getMessage());
    return cause instanceof ConnectException && message.contains("refused")
        ? "connection refused"
        : message;
  }

  /** Takes back a connection that may serve another request. */
  void release(HttpConnection connection) {
    Waiting next = waiting.pollFirst();
    if (retired) {
      connection.close();
    } else if (next != null) {
      stats.waiting.decrement();
      context.deadlines.clear(next.deadline);
      connection.takenAgain(System.nanoTime());
      next.taker.connected(connection);
    } else {
      idle.addLast(connection);
      stats.idle.increment();
      connection.enterIdle();
    }
  }

  /** Learns that {@code connection} is closed, in use or not. */
  void closed(HttpConnection connection) {
    if (idle.remove(connection)) {
      stats.idle.decrement();
    }
    freed();
  }

  private void freed() {
    open--;
    stats.open.decrement();
    if (open >= context.limits.connectionsMax()) {
      return; // it was an extra one
    }
    Waiting next = waiting.pollFirst();
    if (next != null) {
      stats.waiting.decrement();
      context.deadlines.clear(next.deadline);
      connect(next.taker);
    }
  }

  void retire() {
    retired = true;
    new ArrayList<>(idle).forEach(HttpConnection::close);
  }

  IoThreadContext context() {
    return context;
  }
}
