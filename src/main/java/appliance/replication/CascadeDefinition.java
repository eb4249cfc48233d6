package appliance.replication;

import java.util.List;

/**
 * A foreign key of this table whose actions the binlog does not tell: when the parent's row goes or
 * its key changes, InnoDB changes the child's rows by itself.
 *
 * @param columns of the child, in the order of {@code parentColumns}
 */
record CascadeDefinition(
    String constraint,
    List<String> columns,
    String parent,
    List<String> parentColumns,
    Action onDelete,
    Action onUpdate) {

  CascadeDefinition {
    columns = List.copyOf(columns);
    parentColumns = List.copyOf(parentColumns);
  }

  /** What happens to the child. */
  enum Action {
    NONE,
    CASCADE,
    SET_NULL;

    static Action of(String rule) {
      return switch (rule) {
        case "CASCADE" -> CASCADE;
        case "SET NULL" -> SET_NULL;
        default -> NONE;
      };
    }
  }
}
