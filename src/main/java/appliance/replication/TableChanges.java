package appliance.replication;

import appliance.model.GtidPosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The changes of tables that one transaction leads to, to be committed with its position. */
final class TableChanges {

  private final Map<String, TableState> states = new LinkedHashMap<>();
  private final List<Change> changes;

  /** Those that the transaction's own statements name. */
  TableChanges(Transaction transaction, GtidPosition next) {
    changes = new ArrayList<>(transaction.changes());
    for (Change change : changes) {
      if (change.kind() == Change.Kind.DROP) {
        states.put(change.table(), TableState.absent(false, next));
      }
    }
  }

  /** {@code stage} holds a new copy of the table. */
  void replaced(String stage, TableState state) {
    String table = java.util.Objects.requireNonNull(state.definition()).name();
    changes.add(new Change(Change.Kind.REPLACE, table, stage));
    states.put(table, state);
  }

  /** The master has no such table any more. */
  void gone(String table, TableState state) {
    changes.add(new Change(Change.Kind.DROP, table, null));
    states.put(table, state);
  }

  Map<String, TableState> states() {
    return states;
  }

  List<Change> changes() {
    return changes;
  }
}
