package appliance.replication;

import appliance.model.Gtid;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The replica's tables while events are applied: which events each still needs, and its writer. */
final class Tables implements AutoCloseable {

  private static final int WRITERS_MAX = 200;

  /** What to do with rows. */
  enum Fit {
    APPLY,
    /** They are in the table already, or the table is none of ours. */
    SKIP,
    /** The table is not what the rows are of: copy it anew. */
    COPY
  }

  private final ReplicaStore store;
  private final Map<String, TableState> states;
  private final Map<String, TableWriter> writers = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable Cascades cascades;

  Tables(ReplicaStore store, Map<String, TableState> states) {
    this.store = store;
    this.states = new HashMap<>(states);
  }

  /** Whether an event at {@code gtid} has still to be applied to {@code table}. */
  boolean wants(String table, Gtid gtid) {
    TableState state = states.get(table);
    return state == null || !state.copiedAt().covers(gtid);
  }

  boolean has(String table) {
    TableState state = states.get(table);
    return state != null && state.definition() != null;
  }

  /** Whether there is a table at all, with rows or without. */
  boolean any() {
    return states.values().stream().anyMatch(state -> state.definition() != null);
  }

  /** What to do with rows of the table that {@code map} describes. */
  Fit fit(TableMapEventData map, Gtid gtid) {
    TableState state = states.get(map.getTable());
    if (state == null) {
      return Fit.COPY;
    }
    if (state.ignored() || state.copiedAt().covers(gtid)) {
      return Fit.SKIP;
    }
    TableDefinition definition = state.definition();
    return definition != null && matches(definition, map) ? Fit.APPLY : Fit.COPY;
  }

  private static boolean matches(TableDefinition definition, TableMapEventData map) {
    byte[] types = map.getColumnTypes();
    if (types.length != definition.columns().size()) {
      return false;
    }
    for (int i = 0; i < types.length; i++) {
      ColumnDefinition column = definition.columns().get(i);
      if (!BinlogValue.fits(column, types[i] & 0xFF, map.getColumnMetadata()[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether the table's definition may be another than the one its rows were copied with. */
  boolean mayHaveChangedWhileCopied(String table, Gtid gtid) {
    TableState state = states.get(table);
    return state != null && state.settledAt().covers(gtid);
  }

  TableWriter writer(String table) throws SQLException {
    TableWriter known = writers.get(table);
    if (known != null) {
      return known;
    }
    if (writers.size() >= WRITERS_MAX) {
      String eldest = writers.keySet().iterator().next();
      Objects.requireNonNull(writers.remove(eldest)).close();
    }
    TableDefinition definition = Objects.requireNonNull(states.get(table)).definition();
    TableWriter writer =
        new TableWriter(store.connection(), store.schema(), Objects.requireNonNull(definition));
    writers.put(table, writer);
    return writer;
  }

  /**
   * The tables whose rows go or change with rows of {@code names}. They are to be copied together: a table
   * that is copied anew is without rows whose going, which comes later in the binlog, is then passed over.
   */
  Set<String> below(Set<String> names) {
    return names.isEmpty() ? Set.of() : cascades().below(names);
  }

  Cascades cascades() {
    if (cascades == null) {
      cascades = new Cascades(
          store.connection(),
          store.schema(),
          states.values().stream()
              .map(TableState::definition)
              .filter(Objects::nonNull)
              .toList());
    }
    return cascades;
  }

  /** Lets go of statements on tables that are about to change. */
  void releaseChanged(Collection<String> names) throws SQLException {
    for (String name : names) {
      TableWriter writer = writers.remove(name);
      if (writer != null) {
        writer.close();
      }
    }
  }

  void put(Map<String, TableState> changed) {
    if (!changed.isEmpty()) {
      states.putAll(changed);
      cascades = null;
    }
  }

  @Override
  public void close() throws SQLException {
    for (TableWriter writer : writers.values()) {
      writer.close();
    }
    writers.clear();
  }
}
