package appliance.replication;

import static appliance.replication.SqlNames.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** Fills one table of the replica from a snapshot, in constant memory. */
final class TableCopy {

  /** Tables that readers should not see yet begin with this. */
  static final String STAGE = "appliance_stage_";

  static final int FETCHED_ROWS = 200;
  private static final int COMMITTED_ROWS = 5_000;

  private final Connection replica;
  private final String schema;
  private final String name;
  private final TableDefinition table;
  private final LongConsumer progress;

  /**
   * @param name what the table is called in the replica for now
   * @param progress told of rows as they are copied
   */
  TableCopy(
      Connection replica,
      String schema,
      String name,
      TableDefinition table,
      LongConsumer progress) {
    this.replica = replica;
    this.schema = schema;
    this.name = name;
    this.table = table;
    this.progress = progress;
  }

  /** Makes the table anew and empty. */
  void create() throws SQLException {
    execute("DROP TABLE IF EXISTS " + quoted(schema, name));
    execute(TableDdl.create(schema, name, table));
  }

  /** Inserts all rows; returns their number. */
  long insertAll(ResultSet row) throws SQLException {
    List<ColumnDefinition> columns = table.columns();
    String places = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
    long rows = 0;
    try (PreparedStatement insert = replica.prepareStatement(
        "INSERT INTO " + quoted(schema, name) + " VALUES (" + places + ")")) {
      while (row.next()) {
        for (int i = 1; i <= columns.size(); i++) {
          insert.setObject(i, value(row, i, columns.get(i - 1)));
        }
        insert.executeUpdate();
        if (++rows % COMMITTED_ROWS == 0) {
          replica.commit();
          progress.accept(COMMITTED_ROWS);
        }
      }
    }
    replica.commit();
    progress.accept(rows % COMMITTED_ROWS);
    return rows;
  }

  private @org.jspecify.annotations.Nullable Object value(
      ResultSet row, int index, ColumnDefinition column) throws SQLException {
    try {
      return SnapshotValue.read(row, index, column);
    } catch (UnsupportedChange e) {
      throw new Refused(
          "table " + table.name() + ", column " + column.name() + ": " + e.getMessage()
              + ". Correct the value on the master",
          e);
    }
  }

  /** Adds the indexes; {@code tag} tells their names from those of the table before. */
  void index(String tag) throws SQLException {
    for (String index : TableDdl.indexes(schema, name, table, tag)) {
      execute(index);
    }
    replica.commit();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = replica.createStatement()) {
      statement.execute(sql);
    }
  }
}
