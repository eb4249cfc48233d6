package appliance.replication;

import appliance.model.GtidPosition;
import org.jspecify.annotations.Nullable;

/**
 * A table of the replica and the place in the master's history that it was copied at.
 *
 * @param definition null if the name stands for nothing that has rows here
 * @param ignored whether {@code definition} is null for good: the name is a view's or a sequence's
 * @param copiedAt events at or before this are in it already
 * @param settledAt the master's position when the copy ended; the table's definition may have changed
 *     up to here while it was copied
 */
record TableState(
    @Nullable TableDefinition definition,
    boolean ignored,
    GtidPosition copiedAt,
    GtidPosition settledAt) {

  static TableState copied(
      TableDefinition definition, GtidPosition copiedAt, GtidPosition settledAt) {
    return new TableState(definition, false, copiedAt, settledAt);
  }

  static TableState absent(boolean ignored, GtidPosition at) {
    return new TableState(null, ignored, at, at);
  }
}
