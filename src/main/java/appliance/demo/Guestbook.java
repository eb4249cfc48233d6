package appliance.demo;

import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entries: read from the local replica while it is there, else from the master; written to the master. */
final class Guestbook implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Guestbook.class);

  private final String node;
  private final ConnectionPool master;
  private final Replica replica;
  private volatile boolean tableMade;
  private volatile boolean replicaRead = true;

  Guestbook(String node, ConnectionPool master, Replica replica) {
    this.node = node;
    this.master = master;
    this.replica = replica;
  }

  /**
   * The newest entries.
   *
   * @param source where they were read: {@code local replica} or {@code master}
   * @param note why not from the replica; empty if they were
   */
  record Listing(List<Entry> entries, String source, String note) {}

  /** Makes the table if the master can be reached; else the first write or read does. */
  void prepare() {
    try {
      makeTable();
    } catch (SQLException e) {
      log.warn(
          "The master database does not answer yet, tried again with each request: {}",
          e.getMessage());
    }
  }

  Listing newest() throws SQLException {
    try {
      List<Entry> entries = replica.use(EntryTable::newest);
      tell(true, "");
      return new Listing(entries, "local replica", "");
    } catch (SQLException e) {
      tell(false, String.valueOf(e.getMessage()));
      makeTable();
      return new Listing(
          master.use(EntryTable::newest),
          "master",
          "The local replica cannot be read yet, so this page was read from the master.");
    }
  }

  long add(Draft draft) throws SQLException {
    makeTable();
    return master.use(connection -> EntryTable.insert(connection, draft, node));
  }

  /** Returns whether there was such an entry. */
  boolean delete(long id) throws SQLException {
    makeTable();
    return master.use(connection -> EntryTable.delete(connection, id));
  }

  private void makeTable() throws SQLException {
    if (!tableMade) {
      master.use(connection -> {
        EntryTable.create(connection);
        return true;
      });
      tableMade = true;
    }
  }

  /** One line for a change, not one for each request. */
  private void tell(boolean read, String reason) {
    if (read != replicaRead) {
      replicaRead = read;
      if (read) {
        log.info("Reading from the local replica");
      } else {
        log.warn("Reading from the master until the local replica answers: {}", reason);
      }
    }
  }

  @Override
  public void close() {
    replica.close();
    master.close();
  }
}
