package appliance.replication;

import appliance.model.GtidPosition;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far the replica is: written by the replication thread, read by anyone. */
final class Progress {

  private static final Logger log = LoggerFactory.getLogger(Progress.class);

  /** What the replication thread does. */
  enum State {
    /** Reaching the master, or waiting to try again; the reason says why. */
    CONNECTING,
    /** Copying all tables. */
    SNAPSHOT,
    /** Following the binlog. */
    RUNNING,
    /** At an event that cannot be applied; needs an operator. */
    STOPPED,
    CLOSED
  }

  /** State and reason, changed together. */
  record Status(State state, String reason) {

    /** What an operator is to know of; that it is being copied is none. */
    String trouble() {
      return state == State.SNAPSHOT ? "" : reason;
    }
  }

  /** A master that restarts, or a packet that is lost, is over by then. */
  private static final long FAILED_AFTER_NANOS = Duration.ofSeconds(10).toNanos();

  private final LongSupplier nanoClock;
  private final AtomicLong transactions = new AtomicLong();
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong arrivedRows = new AtomicLong();
  private final AtomicLong copiedRows = new AtomicLong();
  private volatile Status status = new Status(State.CONNECTING, "");
  private volatile GtidPosition position = GtidPosition.START;
  private volatile GtidPosition target = GtidPosition.START;
  private volatile boolean targetKnown;
  private volatile boolean caughtUp;
  private volatile boolean tables;

  /** When the failures began that nothing has broken since; meaningless while {@link #failing} is false. */
  private volatile long failingSince;

  private volatile boolean failing;

  Progress(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Changes the state; each change is one line of the log. */
  void enter(State state, String reason) {
    if (state == State.RUNNING) {
      failing = false;
    } else if (state == State.CONNECTING && !failing) {
      failingSince = nanoClock.getAsLong();
      failing = true;
    }
    Status next = new Status(state, reason);
    if (next.equals(status)) {
      return;
    }
    status = next;
    switch (state) {
      case STOPPED -> log.error("The replica has stopped: {}", reason);
      case CONNECTING -> log.warn("The replica does not follow its master: {}", reason);
      case SNAPSHOT -> log.info("The replica takes a snapshot: {}", reason);
      case RUNNING -> log.info("The replica follows its master from {}", position);
      case CLOSED -> log.debug("The replica is closed");
    }
  }

  Status status() {
    return status;
  }

  /** Whether the replica has stopped, or has failed to advance for so long that waiting is vain. */
  boolean failed() {
    State state = status.state();
    return state == State.STOPPED
        || (state == State.CONNECTING
            && failing
            && nanoClock.getAsLong() - failingSince >= FAILED_AFTER_NANOS);
  }

  void position(GtidPosition now) {
    position = now;
    if (targetKnown && !caughtUp && now.covers(target)) {
      caughtUp = true;
    }
  }

  /** Whether the replica has tables, once this is known. */
  void tables(boolean any) {
    tables = any;
  }

  boolean tables() {
    return tables;
  }

  GtidPosition position() {
    return position;
  }

  /** Where the master was when the stream began: from there on the replica counts as caught up. */
  void target(GtidPosition masterPosition) {
    target = masterPosition;
    targetKnown = true;
    position(position);
  }

  boolean caughtUp() {
    return caughtUp;
  }

  void applied(long rowsOfTransaction) {
    transactions.incrementAndGet();
    rows.addAndGet(rowsOfTransaction);
  }

  /** A row of a transaction that is not complete yet, and may come again after a lost connection. */
  void arrived() {
    arrivedRows.incrementAndGet();
  }

  long arrivedRows() {
    return arrivedRows.get();
  }

  void copied(long count) {
    if (count > 0) {
      failing = false;
    }
    copiedRows.addAndGet(count);
  }

  long transactions() {
    return transactions.get();
  }

  long rows() {
    return rows.get();
  }

  long copiedRows() {
    return copiedRows.get();
  }
}
