package appliance.replication;

import appliance.replication.CascadeDefinition.Action;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The master's foreign keys whose actions a replica has to repeat by itself. */
final class ForeignKeys {

  private static final String QUERY = "SELECT r.TABLE_NAME, r.CONSTRAINT_NAME, k.COLUMN_NAME,"
      + " k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE,"
      + " k.REFERENCED_TABLE_SCHEMA"
      + " FROM information_schema.REFERENTIAL_CONSTRAINTS r"
      + " JOIN information_schema.KEY_COLUMN_USAGE k"
      + " ON k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND k.TABLE_NAME = r.TABLE_NAME"
      + " AND k.CONSTRAINT_NAME = r.CONSTRAINT_NAME"
      + " WHERE r.CONSTRAINT_SCHEMA = ? AND k.TABLE_SCHEMA = r.CONSTRAINT_SCHEMA"
      + " AND k.REFERENCED_COLUMN_NAME IS NOT NULL"
      + " AND (r.DELETE_RULE IN ('CASCADE', 'SET NULL')"
      + " OR r.UPDATE_RULE IN ('CASCADE', 'SET NULL'))"
      + " ORDER BY r.TABLE_NAME, r.CONSTRAINT_NAME, k.ORDINAL_POSITION";

  private ForeignKeys() {}

  /** By child table; adds to {@code problems} those that lead to another schema. */
  static Map<String, List<CascadeDefinition>> read(
      Connection master, String schema, List<String> problems) throws SQLException {
    Map<String, Map<String, CascadeDefinition>> byTable = new LinkedHashMap<>();
    try (PreparedStatement statement = master.prepareStatement(QUERY)) {
      statement.setString(1, schema);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (schema.equals(row.getString(8))) {
            byTable
                .computeIfAbsent(row.getString(1), name -> new LinkedHashMap<>())
                .merge(row.getString(2), part(row), ForeignKeys::joined);
          } else {
            problems.add("foreign key " + row.getString(2) + " of table " + row.getString(1)
                + " cascades from another schema");
          }
        }
      }
    }
    Map<String, List<CascadeDefinition>> cascades = new LinkedHashMap<>();
    byTable.forEach((table, keys) -> cascades.put(table, List.copyOf(keys.values())));
    return cascades;
  }

  private static CascadeDefinition part(ResultSet row) throws SQLException {
    return new CascadeDefinition(
        row.getString(2),
        List.of(row.getString(3)),
        row.getString(4),
        List.of(row.getString(5)),
        Action.of(row.getString(6)),
        Action.of(row.getString(7)));
  }

  private static CascadeDefinition joined(CascadeDefinition first, CascadeDefinition next) {
    List<String> columns = new ArrayList<>(first.columns());
    columns.addAll(next.columns());
    List<String> parentColumns = new ArrayList<>(first.parentColumns());
    parentColumns.addAll(next.parentColumns());
    return new CascadeDefinition(
        first.constraint(),
        columns,
        first.parent(),
        parentColumns,
        first.onDelete(),
        first.onUpdate());
  }

  /** {@code table} with its cascades; adds to {@code problems} those that cannot be repeated. */
  static TableDefinition attach(
      TableDefinition table, List<CascadeDefinition> cascades, List<String> problems) {
    for (CascadeDefinition cascade : cascades) {
      if (cascade.columns().stream().anyMatch(column -> table.column(column).ignoresCase())) {
        problems.add("foreign key " + cascade.constraint() + " of table " + table.name()
            + " cascades over text that is compared without case");
      }
      boolean changes = cascade.onUpdate() != Action.NONE || cascade.onDelete() == Action.SET_NULL;
      if (changes && table.columns().stream().anyMatch(ColumnDefinition::generated)) {
        problems.add("foreign key " + cascade.constraint() + " of table " + table.name()
            + " changes rows that have generated columns");
      }
    }
    return new TableDefinition(
        table.name(), table.transactional(), table.columns(), table.indexes(), cascades);
  }
}
