package appliance.replication;

import org.jspecify.annotations.Nullable;

/**
 * A change of the replica's tables themselves. H2 commits such a statement by itself, so the change is
 * first stored as an intent, in the transaction that moves the position past its cause, and then
 * carried out by a statement that may be run again; a crash in between is made good at the next start.
 *
 * @param stage the table that takes the place of {@code table}, for REPLACE
 */
record Change(Kind kind, String table, @Nullable String stage) {

  /** What to do with the table. */
  enum Kind {
    REPLACE,
    DROP,
    TRUNCATE
  }
}
