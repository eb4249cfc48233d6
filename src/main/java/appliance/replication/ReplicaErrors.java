package appliance.replication;

import java.sql.SQLException;
import org.h2.api.ErrorCode;
import org.h2.jdbc.JdbcException;

/** Tells H2's errors apart. */
final class ReplicaErrors {

  private ReplicaErrors() {}

  static boolean isOurs(Throwable e) {
    return e instanceof JdbcException;
  }

  /** Whether a reader's session holds what the replica needs. */
  static boolean isLockTimeout(SQLException e) {
    return isOurs(e)
        && (e.getErrorCode() == ErrorCode.LOCK_TIMEOUT_1
            || e.getErrorCode() == ErrorCode.DEADLOCK_1
            || e.getErrorCode() == ErrorCode.CONCURRENT_UPDATE_1);
  }
}
