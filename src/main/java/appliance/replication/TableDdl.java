package appliance.replication;

import static appliance.replication.SqlNames.quoted;
import static appliance.replication.SqlNames.quotedList;

import java.util.List;
import java.util.stream.Collectors;

/**
 * H2's statements for a table of the master.
 *
 * <p>Defaults and auto_increment are left out, for a replica receives whole rows. Keys that H2 would
 * enforce otherwise than MariaDB (collations, prefixes) become plain indexes; indexes on large
 * objects and full text are dropped.
 */
final class TableDdl {

  private TableDdl() {}

  static String create(String schema, String name, TableDefinition table) {
    String columns = table.columns().stream()
        .map(column -> quoted(column.name()) + " " + column.replicaType()
            + (column.nullable() ? "" : " NOT NULL"))
        .collect(Collectors.joining(", "));
    String key = table.indexes().stream()
        .filter(index -> index.primary() && table.enforceable(index))
        .map(index -> ", PRIMARY KEY (" + quotedList(index.columns()) + ")")
        .findFirst()
        .orElse("");
    return "CREATE TABLE " + quoted(schema, name) + " (" + columns + key + ")";
  }

  /** To be run when the rows are in. Index names are unique in a schema, so they carry {@code tag}. */
  static List<String> indexes(String schema, String name, TableDefinition table, String tag) {
    return table.indexes().stream()
        .filter(index -> !(index.primary() && table.enforceable(index)))
        .filter(index ->
            index.columns().stream().allMatch(column -> table.column(column).indexable()))
        .map(index -> "CREATE " + (table.enforceable(index) ? "UNIQUE " : "") + "INDEX "
            + quoted(schema, table.name() + "." + index.name() + "." + tag) + " ON "
            + quoted(schema, name) + " (" + quotedList(index.columns()) + ")")
        .toList();
  }
}
