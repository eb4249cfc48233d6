package appliance.replication;

import java.sql.Connection;
import java.sql.SQLException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;

/**
 * Gives back the file's space that replaced rows took. H2 would do it in its background writer, which
 * the replica does without; there is no SQL for it, so this class alone reaches into H2.
 */
final class ReplicaSpace {

  /** Chunks are rewritten until this much of the file is in use. */
  private static final int FILL_PERCENT = 50;

  /** Bounds one turn to some tens of milliseconds. */
  private static final int TURN_BYTES = 16 << 20;

  private ReplicaSpace() {}

  /** One bounded turn, on the calling thread; nothing else may write meanwhile. */
  static void compact(Connection connection) throws SQLException {
    if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
      session.getDatabase().getStore().getMvStore().compact(FILL_PERCENT, TURN_BYTES);
    }
  }
}
