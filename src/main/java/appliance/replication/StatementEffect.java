package appliance.replication;

import java.util.Set;

/**
 * What a statement of the binlog means for the replica.
 *
 * @param tables of the replicated schema, for the kinds that name tables
 * @param subject the XA transaction, or what to tell the operator
 */
record StatementEffect(Kind kind, Set<String> tables, String subject) {

  StatementEffect {
    tables = Set.copyOf(tables);
  }

  static StatementEffect of(Kind kind) {
    return new StatementEffect(kind, Set.of(), "");
  }

  /** What to do. */
  enum Kind {
    NOTHING,
    COMMIT,
    ROLLBACK,
    /** Rows of this transaction were undone on the master, except those of some engines. */
    ROLLBACK_TO_SAVEPOINT,
    /** The tables are to be copied anew. */
    COPY,
    /** All tables are. */
    COPY_ALL,
    DROP,
    TRUNCATE,
    /** Rows were changed by a statement that the replica cannot repeat. */
    ROWS_AS_STATEMENT,
    XA_END,
    XA_COMMIT
  }
}
