package appliance.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The account that local programs read with. H2 lets every user change its own password, also one that may
 * change nothing else: what a program has changed is put right, so that it keeps no other one out.
 */
final class ReaderAccount implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ReaderAccount.class);

  private final ReplicaFile file;
  private final Connection connection;
  private String known;
  private boolean closed;

  ReaderAccount(ReplicaFile file) throws SQLException {
    this.file = file;
    connection = file.connect();
    known = definition();
  }

  /** To be called again and again; reads memory only, as long as nothing has changed. */
  synchronized void check() {
    if (closed) {
      return;
    }
    try {
      if (!definition().equals(known)) {
        file.setReaderPassword(connection);
        known = definition();
        log.warn("A program that reads the replica has changed the password of all readers; the one"
            + " in replica.jdbc is valid again");
      }
    } catch (SQLException e) {
      log.warn("The readers' password could not be checked: {}", e.getMessage());
    }
  }

  /** With the hash of the password. */
  private String definition() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT DB_OBJECT_SQL('USER', '" + ReplicaFile.READER + "')")) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  /** Waits for a check that is under way: nothing may interrupt what writes to the file. */
  @Override
  public synchronized void close() throws SQLException {
    closed = true;
    connection.close();
  }
}
