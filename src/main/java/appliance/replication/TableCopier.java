package appliance.replication;

import appliance.model.GtidPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies tables of the master into the replica: all of them at first, single ones when they change. */
final class TableCopier {

  private static final Logger log = LoggerFactory.getLogger(TableCopier.class);

  private static final int ATTEMPTS_MAX = 10;
  private static final long RETRY_MILLIS = 300;

  private final Master master;
  private final ReplicaStore store;
  private final Progress progress;
  private final Cancellation cancellation;

  TableCopier(Master master, ReplicaStore store, Progress progress, Cancellation cancellation) {
    this.master = master;
    this.store = store;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** Takes a full snapshot; readers see the former tables until it is complete. */
  void copyAll() throws SQLException {
    long begin = System.nanoTime();
    long generation = store.beginGeneration();
    String schema = ReplicaStore.schemaOf(generation);
    try (MasterSnapshot view = new MasterSnapshot(master, Set.of(), cancellation);
        Connection replica = store.connect()) {
      Set<String> names = view.catalog().tables().keySet();
      log.info(
          "Copying {} tables of {} as they are at {}",
          names.size(),
          store.schema(),
          view.position());
      long rows = 0;
      List<TableDefinition> order = view.inOrder(names);
      for (TableDefinition table : order) {
        unlockBefore(table, view);
        TableCopy copy = new TableCopy(replica, schema, table.name(), table, progress::copied);
        copy.create();
        rows += view.copy(table, copy);
        copy.index("0");
      }
      GtidPosition settled = view.settledAt();
      store.completeGeneration(generation, view.position(), states(view, settled));
      log.info(
          "Copied {} rows of {} tables in {} ms",
          rows,
          names.size(),
          (System.nanoTime() - begin) / 1_000_000);
    }
  }

  private static void unlockBefore(TableDefinition table, MasterSnapshot view) throws SQLException {
    if (table.transactional()) {
      view.unlock();
    }
  }

  private static Map<String, TableState> states(MasterSnapshot view, GtidPosition settled) {
    Map<String, TableState> states = new HashMap<>();
    view.catalog()
        .tables()
        .forEach(
            (name, table) -> states.put(name, TableState.copied(table, view.position(), settled)));
    view.catalog()
        .ignored()
        .forEach(name -> states.put(name, TableState.absent(true, view.position())));
    return states;
  }

  /** Copies the tables that {@code transaction} asks for, at or after it, beside the old ones. */
  void copy(Transaction transaction, TableChanges changes) throws SQLException {
    log.info(
        "Copying anew after transaction {}: {}",
        transaction.gtid(),
        transaction.toCopy().stream().sorted().collect(Collectors.joining(", ")));
    for (int attempt = 1; ; attempt++) {
      try {
        copyOnce(transaction, changes);
        return;
      } catch (SQLException e) {
        if (ReplicaErrors.isOurs(e) || attempt >= ATTEMPTS_MAX || cancellation.isCancelled()) {
          throw e;
        }
        log.info("Copying again: {}", Master.message(e));
        cancellation.sleep(RETRY_MILLIS * attempt);
      }
    }
  }

  private void copyOnce(Transaction transaction, TableChanges changes) throws SQLException {
    Set<String> names = transaction.toCopy();
    try (MasterSnapshot view = new MasterSnapshot(master, names, cancellation);
        Connection replica = store.connect()) {
      if (!view.position().covers(transaction.gtid())) {
        throw new SQLException(
            "the master does not show transaction " + transaction.gtid() + " yet");
      }
      Map<String, TableState> found = new HashMap<>();
      for (TableDefinition table : view.inOrder(names)) {
        unlockBefore(table, view);
        TableCopy copy = new TableCopy(
            replica, store.schema(), TableCopy.STAGE + table.name(), table, progress::copied);
        copy.create();
        view.copy(table, copy);
        copy.index(UUID.randomUUID().toString().substring(0, 8));
        found.put(table.name(), TableState.copied(table, view.position(), view.position()));
      }
      GtidPosition settled = view.settledAt();
      found.forEach((name, state) -> changes.replaced(
          TableCopy.STAGE + name,
          TableState.copied(
              java.util.Objects.requireNonNull(state.definition()), state.copiedAt(), settled)));
      for (String name : names) {
        if (!found.containsKey(name)) {
          boolean ignored = view.catalog().ignored().contains(name);
          changes.gone(name, TableState.absent(ignored, view.position()));
        }
      }
    }
  }
}
