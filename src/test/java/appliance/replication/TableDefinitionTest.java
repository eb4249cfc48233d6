package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.replication.CascadeDefinition.Action;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A table's columns and keys are read one after the other; only what fits together is one table. */
final class TableDefinitionTest {

  @Test
  void it_is_whole_if_its_keys_name_columns_that_it_has() {
    assertTrue(table(List.of("id", "a"), "ID").isWhole(List.of(over("a"))));
    assertFalse(
        table(List.of("a"), "id").isWhole(List.of()), "a key of a table of this name before");
    assertFalse(table(List.of("id"), "id").isWhole(List.of(over("gone"))));
    assertFalse(table(List.of(), "id").isWhole(List.of()), "renamed before its columns were read");
  }

  private static TableDefinition table(List<String> columns, String key) {
    return new TableDefinition(
        "t",
        true,
        columns.stream().map(TableDefinitionTest::column).toList(),
        List.of(new IndexDefinition(IndexDefinition.PRIMARY, true, true, List.of(key))),
        List.of());
  }

  private static ColumnDefinition column(String name) {
    return new ColumnDefinition(
        name,
        ColumnKind.INTEGER,
        "int(11)",
        "int",
        "INTEGER",
        false,
        0,
        "",
        false,
        false,
        false,
        List.of());
  }

  private static CascadeDefinition over(String column) {
    return new CascadeDefinition(
        "fk", List.of(column), "parent", List.of("id"), Action.CASCADE, Action.NONE);
  }
}
