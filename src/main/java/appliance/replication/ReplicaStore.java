package appliance.replication;

import static appliance.replication.SqlNames.quoted;

import appliance.model.GtidPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The replica's database: the copied schema, and beside it what is known of the copy.
 *
 * <p>Each full snapshot is a generation, loaded into a schema of its own while readers stay with the
 * one before. The row that names the current generation is the switch; all that follows from it is
 * done again at the next start if it was cut off. Owned by the replication thread.
 */
final class ReplicaStore implements AutoCloseable {

  static final String BOOKS = "appliance_replication";
  private static final Set<String> OWN_SCHEMAS = Set.of(BOOKS, "PUBLIC", "INFORMATION_SCHEMA");
  private static final String GENERATION = "appliance_generation_";

  /** Shorter than the time that ReplicaFile keeps replaced data for. */
  private static final long WRITE_NANOS = 500_000_000;

  private final ReplicaFile file;
  private final String schema;
  private final Connection connection;
  private final ReplicaMetadata metadata;
  private boolean unwritten;
  private long writtenNanos = System.nanoTime();

  ReplicaStore(ReplicaFile file, String schema) throws SQLException {
    this.file = file;
    this.schema = schema;
    connection = file.connect();
    connection.setAutoCommit(false);
    metadata = new ReplicaMetadata(connection);
    metadata.create();
    finish();
  }

  String schema() {
    return schema;
  }

  /** The connection whose commit moves rows and position together. */
  Connection connection() {
    return connection;
  }

  /** A connection of its own, for rows that are copied meanwhile. */
  Connection connect() throws SQLException {
    Connection other = file.connect();
    other.setAutoCommit(false);
    return other;
  }

  /** Whether a snapshot of this schema is complete. */
  boolean hasSnapshot() throws SQLException {
    return metadata.current() > 0 && metadata.schema().equals(schema);
  }

  GtidPosition position() throws SQLException {
    return metadata.position();
  }

  Map<String, TableState> tables() throws SQLException {
    return metadata.tables();
  }

  /** Moves the position, without a commit. */
  void move(GtidPosition position) throws SQLException {
    metadata.move(position);
  }

  void commit() throws SQLException {
    connection.commit();
    unwritten = true;
  }

  /**
   * Writes what is committed to the file, if that is due; to be called between transactions, by the
   * thread that applies them: what is in the file is then always the state after a whole transaction.
   * What a kill takes away is applied again from the position that was written with the rows.
   */
  void writeIfDue() throws SQLException {
    if (unwritten && System.nanoTime() - writtenNanos >= WRITE_NANOS) {
      write();
    }
  }

  private void write() throws SQLException {
    // SYNC, because space is used again soon after, see ReplicaFile.
    execute("CHECKPOINT SYNC");
    ReplicaSpace.compact(connection);
    ReplicaHead.write(connection); // last: each of the two may have written
    unwritten = false;
    writtenNanos = System.nanoTime();
  }

  void rollback() throws SQLException {
    connection.rollback();
  }

  /** Commits what was applied together with {@code position} and the changes of tables. */
  void commit(GtidPosition position, Map<String, TableState> tables, List<Change> changes)
      throws SQLException {
    for (Map.Entry<String, TableState> table : tables.entrySet()) {
      metadata.put(metadata.current(), table.getKey(), table.getValue());
    }
    for (Change change : changes) {
      metadata.intend(change);
    }
    move(position);
    commit();
    carryOut();
  }

  /** Makes an empty schema for the next snapshot; one that was cut off is dropped. */
  long beginGeneration() throws SQLException {
    dropExcept(metadata.current());
    long next = metadata.current() + 1;
    execute("CREATE SCHEMA " + quoted(GENERATION + next));
    execute("GRANT SELECT ON SCHEMA " + quoted(GENERATION + next) + " TO " + ReplicaFile.READER);
    return next;
  }

  static String schemaOf(long generation) {
    return GENERATION + generation;
  }

  /** Makes {@code generation} what readers see, and writes it: it cost too much to be lost. */
  void completeGeneration(long generation, GtidPosition position, Map<String, TableState> tables)
      throws SQLException {
    metadata.begin(generation, schema, position);
    for (Map.Entry<String, TableState> table : tables.entrySet()) {
      metadata.put(generation, table.getKey(), table.getValue());
    }
    commit();
    finish();
    write();
  }

  /** Finishes what a crash may have cut off: the switch of a generation, changes of tables. */
  private void finish() throws SQLException {
    long current = metadata.current();
    if (current > 0 && schemas().contains(schemaOf(current))) {
      execute("DROP SCHEMA IF EXISTS " + quoted(metadata.schema()) + " CASCADE");
      execute(
          "ALTER SCHEMA " + quoted(schemaOf(current)) + " RENAME TO " + quoted(metadata.schema()));
    }
    dropExcept(current);
    dropFormerSchemas();
    execute("CREATE SCHEMA IF NOT EXISTS " + quoted(schema));
    execute("GRANT SELECT ON SCHEMA " + quoted(schema) + " TO " + ReplicaFile.READER);
    carryOut();
    commit();
  }

  /** Those that were replicated before the configuration named another one. */
  private void dropFormerSchemas() throws SQLException {
    for (String found : schemas()) {
      boolean ours = found.equals(schema)
          || found.equals(metadata.schema())
          || found.startsWith(GENERATION)
          || OWN_SCHEMAS.contains(found);
      if (!ours) {
        execute("DROP SCHEMA " + quoted(found) + " CASCADE");
      }
    }
  }

  private void dropExcept(long current) throws SQLException {
    for (String found : schemas()) {
      if (found.startsWith(GENERATION) && !found.equals(schemaOf(current))) {
        execute("DROP SCHEMA " + quoted(found) + " CASCADE");
      }
    }
  }

  private void carryOut() throws SQLException {
    for (Map.Entry<Long, Change> intent : metadata.intents().entrySet()) {
      carryOut(intent.getValue());
      metadata.forget(intent.getKey());
      commit();
    }
  }

  private void carryOut(Change change) throws SQLException {
    String table = quoted(metadata.schema(), change.table());
    switch (change.kind()) {
      case DROP -> execute("DROP TABLE IF EXISTS " + table);
      case TRUNCATE -> execute("TRUNCATE TABLE " + table);
      case REPLACE -> {
        String stage = String.valueOf(change.stage());
        if (hasTable(stage)) {
          execute("DROP TABLE IF EXISTS " + table);
          execute("ALTER TABLE " + quoted(metadata.schema(), stage) + " RENAME TO "
              + quoted(change.table()));
        }
      }
    }
  }

  /** Drops tables that were being copied when something cut them off. */
  void dropStages() throws SQLException {
    for (String table : tableNames()) {
      if (table.startsWith(TableCopy.STAGE)) {
        execute("DROP TABLE " + quoted(schema, table));
      }
    }
  }

  private boolean hasTable(String name) throws SQLException {
    return tableNames().contains(name);
  }

  private List<String> tableNames() throws SQLException {
    return names(
        "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ?",
        metadata.schema());
  }

  private List<String> schemas() throws SQLException {
    return names(
        "SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA WHERE CAST(? AS VARCHAR) IS NOT NULL",
        schema);
  }

  private List<String> names(String sql, String parameter) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
    }
    return names;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends the sessions of readers, of which one holds locks that the replica waits for. */
  void abortReaders() throws SQLException {
    execute("SELECT ABORT_SESSION(SESSION_ID) FROM INFORMATION_SCHEMA.SESSIONS WHERE"
        + " UPPER(USER_NAME) = '" + ReplicaFile.READER + "'");
    commit();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
