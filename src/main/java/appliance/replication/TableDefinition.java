package appliance.replication;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is known of a replicated table, read from information_schema at a known position.
 *
 * @param transactional whether a consistent snapshot covers it (InnoDB)
 */
record TableDefinition(
    String name,
    boolean transactional,
    List<ColumnDefinition> columns,
    List<IndexDefinition> indexes,
    List<CascadeDefinition> cascades) {

  TableDefinition {
    columns = List.copyOf(columns);
    indexes = List.copyOf(indexes);
    cascades = List.copyOf(cascades);
  }

  /** Whether its keys, and {@code foreignKeys}, name columns that it has: read at another moment, they may not. */
  boolean isWhole(List<CascadeDefinition> foreignKeys) {
    return !columns.isEmpty()
        && Stream.concat(
                indexes.stream().flatMap(index -> index.columns().stream()),
                foreignKeys.stream().flatMap(key -> key.columns().stream()))
            .allMatch(this::has);
  }

  private boolean has(String column) {
    return columns.stream().anyMatch(one -> one.name().equalsIgnoreCase(column));
  }

  int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(column)) {
        return i;
      }
    }
    throw new IllegalStateException("table " + name + " has no column " + column);
  }

  ColumnDefinition column(String column) {
    return columns.get(indexOf(column));
  }

  /** The numbers of the columns that name one row, or all columns if none do. */
  List<Integer> rowKey() {
    return uniqueKey()
        .map(key -> key.columns().stream().map(this::indexOf).toList())
        .orElseGet(
            () -> java.util.stream.IntStream.range(0, columns.size()).boxed().toList());
  }

  boolean hasRowKey() {
    return uniqueKey().isPresent();
  }

  private Optional<IndexDefinition> uniqueKey() {
    Optional<IndexDefinition> primary =
        indexes.stream().filter(IndexDefinition::primary).findFirst();
    return primary.isPresent()
        ? primary
        : indexes.stream().filter(this::namesRows).findFirst();
  }

  private boolean namesRows(IndexDefinition index) {
    return index.unique()
        && index.whole()
        && index.columns().stream().noneMatch(column -> column(column).nullable());
  }

  /** Whether H2 may enforce this key without refusing what MariaDB allowed. */
  boolean enforceable(IndexDefinition index) {
    return index.unique()
        && index.whole()
        && index.columns().stream().allMatch(column -> {
          ColumnDefinition definition = column(column);
          return definition.indexable() && definition.kind().comparesExactly();
        });
  }
}
