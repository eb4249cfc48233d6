package appliance.replication;

import static appliance.replication.SqlNames.backquoted;

import appliance.model.GtidPosition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A view of all tables of the master as they were at one known position.
 *
 * <p>InnoDB gives the view; tables of other engines are locked against writing until they are copied,
 * and are copied first. A definition that changes meanwhile ends the view: begin again.
 */
final class MasterSnapshot implements AutoCloseable {

  private final Connection session;
  private final Connection locks;
  private final String schema;
  private final GtidPosition position;
  private final Catalog catalog;
  private final Map<String, String> definitions = new HashMap<>();
  private final Cancellation.Registration registration;

  /** Opens a view of {@code wanted} tables, or of all if that is empty. */
  MasterSnapshot(Master master, Set<String> wanted, Cancellation cancellation) throws SQLException {
    schema = master.config().schema();
    session = master.connect();
    locks = master.connect();
    registration = cancellation.onCancel(() -> {
      abort(session);
      abort(locks);
    });
    try {
      lock(master, wanted);
      execute(session, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      execute(session, "START TRANSACTION WITH CONSISTENT SNAPSHOT");
      position = snapshotPosition();
      Set<String> names = Catalog.read(session, schema).tables().keySet();
      for (String name : names) {
        definitions.put(name, definition(name));
      }
      catalog = Catalog.read(session, schema);
      if (!catalog.tables().keySet().equals(names)) {
        throw new SQLException("tables of " + schema + " changed while a snapshot began");
      }
    } catch (SQLException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void lock(Master master, Set<String> wanted) throws SQLException {
    List<String> tables = Catalog.read(session, schema).tables().values().stream()
        .filter(table -> !table.transactional())
        .map(TableDefinition::name)
        .filter(name -> wanted.isEmpty() || wanted.contains(name))
        .toList();
    if (tables.isEmpty()) {
      return;
    }
    try {
      execute(
          locks,
          tables.stream()
              .map(name -> backquoted(name) + " READ")
              .collect(Collectors.joining(", ", "LOCK TABLES ", "")));
    } catch (SQLException e) {
      if (e.getErrorCode() == Master.SCHEMA_DENIED) {
        throw master.mayNotLock(tables, e);
      }
      throw e;
    }
  }

  private GtidPosition snapshotPosition() throws SQLException {
    String file = status("binlog_snapshot_file");
    String offset = status("binlog_snapshot_position");
    String text = Master.text(
        session, "SELECT IFNULL(BINLOG_GTID_POS('" + file + "', " + offset + "), 'unknown')");
    if (file.isEmpty() || text.equals("unknown")) {
      throw new SQLException(
          "the master did not say the position of its snapshot (" + file + ":" + offset + ")");
    }
    return GtidPosition.parse(text);
  }

  private String status(String name) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SHOW STATUS LIKE '" + name + "'")) {
      return row.next() ? row.getString(2) : "";
    }
  }

  private String definition(String table) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("SHOW CREATE TABLE " + backquoted(table))) {
      return row.next() ? row.getString(2).replaceAll(" AUTO_INCREMENT=\\d+", "") : "";
    }
  }

  /** All that this view shows is at or before this, and nothing after it. */
  GtidPosition position() {
    return position;
  }

  Catalog catalog() {
    return catalog;
  }

  /** The order to copy {@code names} in: first those that are locked meanwhile. */
  List<TableDefinition> inOrder(Set<String> names) {
    return catalog.tables().values().stream()
        .filter(table -> names.contains(table.name()))
        .sorted(java.util.Comparator.comparing(TableDefinition::transactional)
            .thenComparing(TableDefinition::name))
        .toList();
  }

  /** Called when the last locked table is copied. */
  void unlock() throws SQLException {
    execute(locks, "UNLOCK TABLES");
  }

  /** Streams the rows of {@code table} into {@code copy}. */
  long copy(TableDefinition table, TableCopy copy) throws SQLException {
    execute(session, "SAVEPOINT appliance");
    String columns = table.columns().stream()
        .map(column -> column.kind().selection(backquoted(column.name())))
        .collect(Collectors.joining(", "));
    long rows;
    try (Statement statement = session.createStatement()) {
      statement.setFetchSize(TableCopy.FETCHED_ROWS);
      try (ResultSet row =
          statement.executeQuery("SELECT " + columns + " FROM " + backquoted(table.name()))) {
        rows = copy.insertAll(row);
      }
    }
    if (!definition(table.name()).equals(definitions.get(table.name()))) {
      throw new SQLException("table " + table.name() + " was altered while it was copied");
    }
    execute(session, "ROLLBACK TO SAVEPOINT appliance"); // lets go of the metadata lock
    return rows;
  }

  /** The master's position now, after the copying. */
  GtidPosition settledAt() throws SQLException {
    return Master.position(session);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    registration.close();
    abort(session);
    abort(locks);
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      org.slf4j.LoggerFactory.getLogger(MasterSnapshot.class)
          .debug("A session of the master did not close", e);
    }
  }
}
