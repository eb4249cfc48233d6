package appliance.replication;

import appliance.config.DatabaseConfig;
import appliance.model.GtidPosition;
import appliance.replication.Progress.State;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.network.ServerException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replication thread's work: check the master, copy if there is no copy, follow the binlog, and
 * begin again when the connection ends.
 */
final class Replicator implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Replicator.class);

  private static final long BACKOFF_MIN_MILLIS = 100;
  private static final long BACKOFF_MAX_MILLIS = 10_000;

  /** Between two snapshots lies this many times what the last one took, so that they stay bearable. */
  private static final int SNAPSHOTS_APART = 10;

  private static final long SNAPSHOTS_APART_MAX_MILLIS = 600_000;

  private static final int BINLOG_POSITION_ERROR = 1236;
  private static final int ACCESS_ERROR = 1227;

  private final Master master;
  private final long serverId;
  private final ReplicaStore store;
  private final Progress progress;
  private final Cancellation cancellation;
  private final TableCopier copier;
  private final AtomicBoolean rebuild = new AtomicBoolean();
  private final Semaphore wake = new Semaphore(0);
  private volatile @Nullable BinlogStream stream;
  private boolean snapshotRequired;
  private long nextSnapshotNanos = System.nanoTime();
  private long backoffMillis = BACKOFF_MIN_MILLIS;

  Replicator(
      Master master,
      long serverId,
      ReplicaStore store,
      Progress progress,
      Cancellation cancellation) {
    this.master = master;
    this.serverId = serverId;
    this.store = store;
    this.progress = progress;
    this.cancellation = cancellation;
    copier = new TableCopier(master, store, progress, cancellation);
  }

  /** The stream that runs now, for the watchdog. */
  @Nullable
  BinlogStream stream() {
    return stream;
  }

  /** Asks for a new snapshot, whatever this does now; any thread. */
  void rebuild() {
    rebuild.set(true);
    wake.release();
    BinlogStream running = stream;
    if (running != null) {
      running.cut();
    }
  }

  @Override
  public void run() {
    Cancellation.Registration registration = cancellation.onCancel(wake::release);
    try {
      while (!cancellation.isCancelled()) {
        if (rebuild.getAndSet(false)) {
          snapshotRequired = true;
          nextSnapshotNanos = System.nanoTime();
          progress.enter(State.CONNECTING, "an operator asked for a new snapshot");
        }
        if (progress.status().state() == State.STOPPED) {
          wake.acquireUninterruptibly();
        } else {
          attempt();
        }
      }
    } finally {
      registration.close();
      progress.enter(State.CLOSED, progress.status().reason());
    }
  }

  private void attempt() {
    try {
      round();
    } catch (SnapshotRequired e) {
      log.warn("A new snapshot is needed: {}", e.getMessage());
      snapshotRequired = true;
    } catch (Refused e) {
      waitAfter(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      failed(e);
    } catch (IOException e) {
      disconnected(e);
    } catch (UnsupportedChange e) {
      stop(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | Error e) {
      // Nobody else hears of it; the status must not go on saying RUNNING.
      log.error("The replication stops by an error of the program", e);
      stop("an error of the program: " + e, e);
    }
  }

  private void round() throws SQLException, IOException {
    DatabaseConfig config = master.config();
    boolean lowerCase;
    GtidPosition target;
    try (Connection session = master.connect()) {
      Preflight.check(session, config);
      lowerCase = !Master.text(session, "SELECT @@lower_case_table_names").equals("0");
      if (snapshotRequired || !store.hasSnapshot()) {
        snapshot();
      }
      target = Master.position(session);
    }
    StatementParser parser = new StatementParser(config.schema(), lowerCase);
    try (Applier applier = new Applier(store, parser, copier, progress)) {
      progress.target(target);
      follow(applier);
    }
  }

  private void snapshot() throws SQLException {
    cancellation.sleep(Math.max(0, (nextSnapshotNanos - System.nanoTime()) / 1_000_000));
    long begin = System.nanoTime();
    progress.enter(State.SNAPSHOT, "it is copied from " + master.config());
    copier.copyAll();
    long now = System.nanoTime();
    long apart = (now - begin) / 1_000_000 * SNAPSHOTS_APART;
    nextSnapshotNanos = now + Math.min(SNAPSHOTS_APART_MAX_MILLIS, apart) * 1_000_000;
    snapshotRequired = false;
  }

  private void follow(Applier applier) throws SQLException, IOException {
    GtidPosition begun = applier.position();
    BinlogStream next = new BinlogStream(master.config(), serverId, applier.position(), event -> {
      applier.apply(event);
      running(applier.position(), begun, event.getHeader().getEventType());
    });
    stream = next;
    Cancellation.Registration registration = cancellation.onCancel(next::cut);
    try {
      next.run();
    } finally {
      registration.close();
      stream = null;
    }
  }

  /**
   * A stream that only repeats what made the last one fail is not running: it has to get beyond where
   * it began, or to the end.
   */
  private void running(GtidPosition now, GtidPosition begun, EventType last) {
    boolean beyond = !now.equals(begun) || last == EventType.HEARTBEAT;
    if (beyond || progress.status().reason().isEmpty()) {
      progress.enter(State.RUNNING, "");
    }
    if (beyond) {
      backoffMillis = BACKOFF_MIN_MILLIS;
    }
  }

  private void failed(SQLException e) {
    if (!ReplicaErrors.isOurs(e)) {
      waitAfter("the connection to " + master.config().server() + " failed: " + Master.message(e));
    } else if (ReplicaErrors.isLockTimeout(e)) {
      abortReaders(e);
    } else {
      stop("the replica's database failed: " + e.getMessage(), e);
    }
  }

  /** A reader may hold a lock by SELECT ... FOR UPDATE; the replica does not wait for it. */
  private void abortReaders(SQLException cause) {
    log.warn(
        "A reader of the replica holds a lock that changes wait for; ending the readers'"
            + " sessions. Readers must not use SELECT ... FOR UPDATE ({})",
        cause.getMessage());
    try {
      store.abortReaders();
    } catch (SQLException e) {
      stop("the replica's database failed: " + e.getMessage(), e);
    }
  }

  private void disconnected(IOException e) {
    if (e instanceof ServerException server) {
      String message = String.valueOf(server.getMessage());
      if (server.getErrorCode() == BINLOG_POSITION_ERROR && isPositionLost(message)) {
        throwAway(message);
        return;
      }
      if (server.getErrorCode() == ACCESS_ERROR) {
        waitAfter("user " + master.config().user() + " may not read the binlog. Run on "
            + master.config().server() + ": GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO "
            + master.config().user());
        return;
      }
    }
    Throwable cause = e.getCause() == null ? e : e.getCause();
    waitAfter("the stream of " + master.config().server() + " ended: " + cause.getMessage());
  }

  private void throwAway(String message) {
    log.warn(
        "The master's binlog does not lead on from {}, a new snapshot is needed: {}",
        progress.position(),
        message);
    snapshotRequired = true;
  }

  /** Whether the master says that our position is purged, or is none of its own. */
  static boolean isPositionLost(String message) {
    return message.contains("GTID") || message.contains("purged") || message.contains("gtid");
  }

  private void waitAfter(String reason) {
    if (cancellation.isCancelled()) {
      return;
    }
    progress.enter(State.CONNECTING, reason);
    cancellation.sleep(backoffMillis);
    backoffMillis = Math.min(BACKOFF_MAX_MILLIS, backoffMillis * 2);
  }

  private void stop(String reason, Throwable cause) {
    if (!cancellation.isCancelled()) {
      log.debug("Stopped by", cause);
      progress.enter(
          State.STOPPED,
          reason + ". Nothing after " + progress.position() + " is applied. Fix the cause, then"
              + " run 'appliance replica rebuild' on this machine");
    }
  }
}
