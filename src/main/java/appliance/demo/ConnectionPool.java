package appliance.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Up to eight connections to one database, opened as they are needed. Safe for any thread; a
 * connection whose work failed is never used again.
 */
final class ConnectionPool implements AutoCloseable {

  static final int CONNECTIONS_MAX = 8;
  private static final int WAIT_SECONDS_MAX = 2;
  private static final Logger log = LoggerFactory.getLogger(ConnectionPool.class);

  private final Opener opener;
  private final Semaphore free = new Semaphore(CONNECTIONS_MAX, true);
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  ConnectionPool(Opener opener) {
    this.opener = opener;
  }

  /** Opens one new connection. */
  @FunctionalInterface
  interface Opener {
    Connection open() throws SQLException;
  }

  /** What is done with a connection; it is not to be kept. */
  @FunctionalInterface
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /** Runs {@code work} with a connection of its own. */
  <T> T use(Work<T> work) throws SQLException {
    acquire();
    Connection connection = null;
    boolean done = false;
    try {
      connection = take();
      T result = work.with(connection);
      done = true;
      return result;
    } finally {
      giveBack(connection, done);
      free.release();
    }
  }

  private void acquire() throws SQLException {
    try {
      if (!free.tryAcquire(WAIT_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new SQLTransientConnectionException(
            "all " + CONNECTIONS_MAX + " connections are busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted", e);
    }
  }

  private Connection take() throws SQLException {
    for (Connection old = idle.poll(); old != null; old = idle.poll()) {
      if (old.isValid(1)) {
        return old;
      }
      end(old);
    }
    return opener.open();
  }

  private void giveBack(@Nullable Connection connection, boolean reusable) {
    if (connection == null) {
      return;
    }
    if (reusable && !closed) {
      idle.push(connection);
    } else {
      end(connection);
    }
  }

  private static void end(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      log.debug("A connection did not close well; it is not used again", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Connection old = idle.poll(); old != null; old = idle.poll()) {
      end(old);
    }
  }
}
