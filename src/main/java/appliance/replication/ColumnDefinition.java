package appliance.replication;

import java.util.List;

/**
 * One column of a replicated table.
 *
 * @param sourceType MariaDB's COLUMN_TYPE, for messages and to notice a change
 * @param dataType MariaDB's DATA_TYPE: the type's bare name
 * @param replicaType its type in H2
 * @param length bytes of a BINARY column, else 0
 * @param charset MariaDB's character set of text, else empty
 * @param ignoresCase whether {@code replicaType} compares without case
 * @param labels of ENUM and SET
 */
record ColumnDefinition(
    String name,
    ColumnKind kind,
    String sourceType,
    String dataType,
    String replicaType,
    boolean unsigned,
    int length,
    String charset,
    boolean ignoresCase,
    boolean nullable,
    boolean generated,
    List<String> labels) {

  ColumnDefinition {
    labels = List.copyOf(labels);
  }

  /** Whether H2 can put it in an index. */
  boolean indexable() {
    return !replicaType.equals("CLOB") && !replicaType.equals("BLOB");
  }
}
