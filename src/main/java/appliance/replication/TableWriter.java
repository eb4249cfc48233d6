package appliance.replication;

import static appliance.replication.SqlNames.quoted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/** Writes rows of one table: each event's row must be exactly one row of the replica. */
final class TableWriter implements AutoCloseable {

  private static final int STATEMENTS_MAX = 50;

  private final Connection replica;
  private final String table;
  private final TableDefinition definition;
  private final List<Integer> key;
  private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(16, 0.75f, true);

  TableWriter(Connection replica, String schema, TableDefinition definition) {
    this.replica = replica;
    this.definition = definition;
    table = quoted(schema, definition.name());
    key = definition.rowKey();
  }

  TableDefinition definition() {
    return definition;
  }

  void insert(Row row) throws SQLException {
    if (!row.isWhole()) {
      throw new UnsupportedChange("a session with binlog_row_image=MINIMAL inserted into table "
          + definition.name() + ". Have it use FULL");
    }
    StringJoiner places = new StringJoiner(", ", "INSERT INTO " + table + " VALUES (", ")");
    definition.columns().forEach(column -> places.add("?"));
    run(places.toString(), Arrays.asList(row.values()), row);
  }

  void delete(Row row) throws SQLException {
    List<Object> parameters = new ArrayList<>();
    String where = where(row, parameters);
    run("DELETE FROM " + table + where, parameters, row);
  }

  void update(Row before, Row after) throws SQLException {
    if (changesCaseOnly(before, after)) {
      delete(before);
      insert(after);
      return;
    }
    List<Object> parameters = new ArrayList<>();
    StringJoiner changes = new StringJoiner(", ");
    BitSet present = after.present();
    for (int i = present.nextSetBit(0); i >= 0; i = present.nextSetBit(i + 1)) {
      boolean same = before.present().get(i) && Objects.deepEquals(before.value(i), after.value(i));
      if (!same) {
        changes.add(quoted(definition.columns().get(i).name()) + " = ?");
        parameters.add(after.value(i));
      }
    }
    if (changes.length() > 0) {
      String where = where(before, parameters);
      run("UPDATE " + table + " SET " + changes + where, parameters, before);
    }
  }

  /**
   * Whether text changes that H2 compares without case. H2 leaves the old text in its index then, and
   * answers from there.
   */
  private boolean changesCaseOnly(Row before, Row after) {
    for (int i = 0; i < definition.columns().size(); i++) {
      boolean changes = definition.columns().get(i).ignoresCase()
          && before.value(i) instanceof String old
          && after.value(i) instanceof String now
          && !old.equals(now)
          && old.equalsIgnoreCase(now);
      if (changes) {
        return true;
      }
    }
    return false;
  }

  /** Names one row: by its key, or by all its columns, of equal rows any one. */
  private String where(Row row, List<Object> parameters) {
    StringJoiner where = new StringJoiner(" AND ", " WHERE ", " FETCH FIRST 1 ROW ONLY");
    for (int i : key) {
      ColumnDefinition column = definition.columns().get(i);
      if (!row.present().get(i)) {
        throw new UnsupportedChange(
            "a row image of table " + definition.name() + " is without column " + column.name()
                + ". Have all sessions use binlog_row_image=FULL");
      }
      Object value = row.value(i);
      String name = quoted(column.name());
      if (value == null) {
        where.add(name + " IS NULL");
      } else {
        where.add(name + " = ?");
        parameters.add(value);
        if (column.ignoresCase()) {
          where.add("CAST(" + name + " AS VARCHAR) = ?");
          parameters.add(value);
        }
      }
    }
    return where.toString();
  }

  private void run(String sql, List<?> parameters, Row row) throws SQLException {
    PreparedStatement statement = prepared(sql);
    for (int i = 0; i < parameters.size(); i++) {
      statement.setObject(i + 1, parameters.get(i));
    }
    int rows = statement.executeUpdate();
    if (rows != 1) {
      throw new UnsupportedChange("a change of one row of table " + definition.name() + " met "
          + rows + " rows of the replica (" + describe(row) + ")");
    }
  }

  private String describe(Row row) {
    StringJoiner text = new StringJoiner(", ");
    if (definition.hasRowKey()) {
      key.forEach(i -> text.add(definition.columns().get(i).name() + "=" + row.value(i)));
    }
    return text.toString();
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement known = statements.get(sql);
    if (known != null) {
      return known;
    }
    if (statements.size() >= STATEMENTS_MAX) {
      String eldest = statements.keySet().iterator().next();
      Objects.requireNonNull(statements.remove(eldest)).close();
    }
    PreparedStatement statement = replica.prepareStatement(sql);
    statements.put(sql, statement);
    return statement;
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : statements.values()) {
      statement.close();
    }
    statements.clear();
  }
}
