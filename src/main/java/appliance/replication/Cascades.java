package appliance.replication;

import static appliance.replication.SqlNames.quoted;

import appliance.replication.CascadeDefinition.Action;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Repeats what InnoDB's foreign keys do to child rows, which the binlog does not tell. */
final class Cascades {

  /** InnoDB's own limit. */
  private static final int DEPTH_MAX = 15;

  /** A foreign key and the table that has it. */
  private record Child(TableDefinition table, CascadeDefinition key) {}

  private final Connection replica;
  private final String schema;
  private final Map<String, List<Child>> byParent = new LinkedHashMap<>();

  Cascades(Connection replica, String schema, Iterable<TableDefinition> tables) {
    this.replica = replica;
    this.schema = schema;
    for (TableDefinition table : tables) {
      for (CascadeDefinition key : table.cascades()) {
        byParent
            .computeIfAbsent(key.parent(), name -> new ArrayList<>())
            .add(new Child(table, key));
      }
    }
  }

  /**
   * To be called after the parent's row has been deleted.
   *
   * @param wanted which child tables do not have it already
   */
  void deleted(TableDefinition parent, Row row, Predicate<String> wanted) throws SQLException {
    deleted(parent, Arrays.asList(row.values()), wanted, 1);
  }

  private void deleted(TableDefinition parent, List<?> row, Predicate<String> wanted, int depth)
      throws SQLException {
    for (Child child : children(parent, depth)) {
      List<Object> key = values(parent, row, child.key().parentColumns());
      if (!wanted.test(child.table().name()) || key.contains(null)) {
        continue;
      }
      if (child.key().onDelete() == Action.CASCADE) {
        List<List<Object>> rows =
            byParent.containsKey(child.table().name()) ? rows(child, key) : List.of();
        run("DELETE FROM " + name(child) + where(child), key);
        for (List<Object> gone : rows) {
          deleted(child.table(), gone, wanted, depth + 1);
        }
      } else if (child.key().onDelete() == Action.SET_NULL) {
        set(child, nulls(key.size()), key, wanted, depth);
      }
    }
  }

  /** To be called after the parent's row has been changed. */
  void updated(TableDefinition parent, Row before, Row after, Predicate<String> wanted)
      throws SQLException {
    updated(parent, Arrays.asList(before.values()), Arrays.asList(after.values()), wanted, 1);
  }

  private void updated(
      TableDefinition parent, List<?> before, List<?> after, Predicate<String> wanted, int depth)
      throws SQLException {
    for (Child child : children(parent, depth)) {
      List<Object> old = values(parent, before, child.key().parentColumns());
      List<Object> now = values(parent, after, child.key().parentColumns());
      boolean same = old.equals(now) || old.contains(null);
      if (same || !wanted.test(child.table().name())) {
        continue;
      }
      switch (child.key().onUpdate()) {
        case CASCADE -> set(child, now, old, wanted, depth);
        case SET_NULL -> set(child, nulls(old.size()), old, wanted, depth);
        case NONE -> {}
      }
    }
  }

  private void set(
      Child child, List<Object> now, List<Object> old, Predicate<String> wanted, int depth)
      throws SQLException {
    boolean parent = byParent.containsKey(child.table().name());
    List<List<Object>> rows = parent ? rows(child, old) : List.of();
    String changes = child.key().columns().stream()
        .map(column -> quoted(column) + " = ?")
        .collect(Collectors.joining(", "));
    List<Object> parameters = new ArrayList<>(now);
    parameters.addAll(old);
    run("UPDATE " + name(child) + " SET " + changes + where(child), parameters);
    for (List<Object> row : rows) {
      List<Object> changed = new ArrayList<>(row);
      for (int i = 0; i < now.size(); i++) {
        changed.set(child.table().indexOf(child.key().columns().get(i)), now.get(i));
      }
      updated(child.table(), row, changed, wanted, depth + 1);
    }
  }

  private List<Child> children(TableDefinition parent, int depth) {
    if (depth > DEPTH_MAX) {
      throw new UnsupportedChange("foreign keys below table " + parent.name()
          + " cascade over more than " + DEPTH_MAX + " tables");
    }
    return byParent.getOrDefault(parent.name(), List.of());
  }

  private static List<Object> values(TableDefinition table, List<?> row, List<String> columns) {
    List<Object> values = new ArrayList<>();
    columns.forEach(column -> values.add(row.get(table.indexOf(column))));
    return values;
  }

  private static List<Object> nulls(int count) {
    List<Object> nulls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nulls.add(null);
    }
    return nulls;
  }

  private String name(Child child) {
    return quoted(schema, child.table().name());
  }

  private static String where(Child child) {
    return " WHERE "
        + child.key().columns().stream()
            .map(column -> quoted(column) + " = ?")
            .collect(Collectors.joining(" AND "));
  }

  private List<List<Object>> rows(Child child, List<Object> key) throws SQLException {
    String columns = SqlNames.quotedList(
        child.table().columns().stream().map(ColumnDefinition::name).toList());
    List<List<Object>> rows = new ArrayList<>();
    try (PreparedStatement statement =
        replica.prepareStatement("SELECT " + columns + " FROM " + name(child) + where(child))) {
      set(statement, key);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          List<Object> values = new ArrayList<>();
          for (int i = 1; i <= child.table().columns().size(); i++) {
            values.add(row.getObject(i));
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  private void run(String sql, List<?> parameters) throws SQLException {
    try (PreparedStatement statement = replica.prepareStatement(sql)) {
      set(statement, parameters);
      statement.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, List<?> parameters) throws SQLException {
    for (int i = 0; i < parameters.size(); i++) {
      statement.setObject(i + 1, parameters.get(i));
    }
  }

  /** All tables that rows of {@code parents} may change rows of, over any number of keys. */
  Set<String> below(Set<String> parents) {
    Set<String> found = new LinkedHashSet<>();
    Deque<String> next = new ArrayDeque<>(parents);
    while (!next.isEmpty()) {
      for (Child child : byParent.getOrDefault(next.remove(), List.of())) {
        if (found.add(child.table().name())) {
          next.add(child.table().name());
        }
      }
    }
    return found;
  }

  /** Whether a change of this table's rows may change others. */
  boolean concern(TableDefinition table) {
    return byParent.containsKey(Objects.requireNonNull(table.name()));
  }
}
