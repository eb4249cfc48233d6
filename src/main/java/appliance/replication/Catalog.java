package appliance.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables of one schema of the master, read from information_schema now.
 *
 * @param ignored what has a name but no rows to copy: views and sequences
 */
record Catalog(Map<String, TableDefinition> tables, Set<String> ignored) {

  Catalog {
    tables = Map.copyOf(tables);
    ignored = Set.copyOf(ignored);
  }

  /**
   * Reads all tables of {@code schema}.
   *
   * @throws SQLException also if a definition changes meanwhile: its parts are read one after the other
   * @throws Refused naming every table, column and constraint that a replica cannot hold
   */
  static Catalog read(Connection master, String schema) throws SQLException {
    return new Reader(master, schema).read();
  }

  /** Reads, and collects what it cannot take. */
  private static final class Reader {

    private final Connection master;
    private final String schema;
    private final List<String> problems = new ArrayList<>();

    private Reader(Connection master, String schema) {
      this.master = master;
      this.schema = schema;
    }

    private Catalog read() throws SQLException {
      Set<String> ignored = new LinkedHashSet<>();
      Map<String, Boolean> transactional = tables(ignored);
      Map<String, List<ColumnDefinition>> columns = columns(transactional.keySet());
      Map<String, List<IndexDefinition>> indexes = indexes();
      Map<String, TableDefinition> tables = new LinkedHashMap<>();
      transactional.forEach((name, engine) -> tables.put(
          name,
          new TableDefinition(
              name,
              engine,
              columns.getOrDefault(name, List.of()),
              indexes.getOrDefault(name, List.of()),
              List.of())));
      Map<String, List<CascadeDefinition>> foreignKeys = ForeignKeys.read(master, schema, problems);
      List<String> torn = new ArrayList<>();
      for (TableDefinition table : List.copyOf(tables.values())) {
        List<CascadeDefinition> cascades = foreignKeys.getOrDefault(table.name(), List.of());
        if (table.isWhole(cascades)) {
          tables.put(table.name(), ForeignKeys.attach(table, cascades, problems));
        } else {
          torn.add(table.name());
        }
      }
      refuseProblems(); // first: a key over a column that cannot be held makes its table look torn
      if (!torn.isEmpty()) {
        throw new SQLException("changed while they were read: " + String.join(", ", torn));
      }
      return new Catalog(tables, ignored);
    }

    private void refuseProblems() {
      if (!problems.isEmpty()) {
        throw new Refused("schema " + schema + " has what a replica cannot hold: "
            + String.join("; ", problems) + ". Change, rename or drop these on the master");
      }
    }

    private Map<String, Boolean> tables(Set<String> ignored) throws SQLException {
      Map<String, Boolean> transactional = new LinkedHashMap<>();
      Map<String, String> withoutCase = new HashMap<>();
      String sql = "SELECT TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES"
          + " WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME";
      try (PreparedStatement statement = bySchema(sql);
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String name = row.getString(1);
          switch (row.getString(2)) {
            case "BASE TABLE" -> {
              transactional.put(name, "InnoDB".equals(row.getString(3)));
              String twin = withoutCase.put(name.toUpperCase(Locale.ROOT), name);
              if (twin != null) {
                problems.add("tables " + twin + " and " + name + " differ in case only");
              }
            }
            case "SYSTEM VERSIONED" -> problems.add("table " + name + " is system-versioned");
            default -> ignored.add(name);
          }
        }
      }
      return transactional;
    }

    private Map<String, List<ColumnDefinition>> columns(Set<String> tables) throws SQLException {
      Map<String, List<ColumnDefinition>> columns = new LinkedHashMap<>();
      try (PreparedStatement statement = bySchema(ColumnSource.QUERY);
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ColumnSource source = ColumnSource.read(row);
          if (tables.contains(source.table())) {
            Optional<ColumnDefinition> column = ColumnTypes.define(source);
            column.ifPresentOrElse(
                found -> columns
                    .computeIfAbsent(source.table(), name -> new ArrayList<>())
                    .add(found),
                () -> problems.add(unsupported(source)));
          }
        }
      }
      return columns;
    }

    private static String unsupported(ColumnSource source) {
      return "column " + source.table() + "." + source.name() + " is " + source.columnType()
          + (source.charset().isEmpty() ? "" : " in " + source.charset());
    }

    private Map<String, List<IndexDefinition>> indexes() throws SQLException {
      Map<String, Map<String, IndexDefinition>> byTable = new LinkedHashMap<>();
      String sql = "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART"
          + " FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ?"
          + " AND INDEX_TYPE IN ('BTREE', 'HASH') ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";
      try (PreparedStatement statement = bySchema(sql);
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          byTable
              .computeIfAbsent(row.getString(1), name -> new LinkedHashMap<>())
              .merge(row.getString(2), part(row), Reader::joined);
        }
      }
      Map<String, List<IndexDefinition>> indexes = new LinkedHashMap<>();
      byTable.forEach((name, found) -> indexes.put(name, List.copyOf(found.values())));
      return indexes;
    }

    private static IndexDefinition part(ResultSet row) throws SQLException {
      return new IndexDefinition(
          row.getString(2),
          row.getInt(3) == 0,
          row.getObject(5) == null,
          List.of(row.getString(4)));
    }

    private static IndexDefinition joined(IndexDefinition first, IndexDefinition next) {
      List<String> columns = new ArrayList<>(first.columns());
      columns.addAll(next.columns());
      return new IndexDefinition(
          first.name(), first.unique(), first.whole() && next.whole(), columns);
    }

    private PreparedStatement bySchema(String sql) throws SQLException {
      PreparedStatement statement = master.prepareStatement(sql);
      statement.setString(1, schema);
      return statement;
    }
  }
}
