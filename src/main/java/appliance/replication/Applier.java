package appliance.replication;

import appliance.model.Gtid;
import appliance.model.GtidPosition;
import appliance.replication.RowsEvent.Kind;
import com.github.shyiko.mysql.binlog.event.ByteArrayEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.XAPrepareEventData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies the master's events, one transaction of the master in one of H2 together with the position.
 *
 * <p>Rows go into H2 as they arrive, so a transaction of any size needs little memory; whoever drops
 * this applier rolls back. Anything not understood throws {@link UnsupportedChange}.
 */
final class Applier implements AutoCloseable {

  /** Positions without rows are stored at least this often, and at each heartbeat. */
  private static final int UNSTORED_MAX = 1_000;

  private static final int PREPARED_MAX = 1_000;

  private final ReplicaStore store;
  private final StatementParser parser;
  private final TableCopier copier;
  private final Progress progress;
  private final Tables tables;
  private final Map<Long, TableMapEventData> maps = new HashMap<>();
  private final Map<String, Set<String>> preparedXa = new LinkedHashMap<>();
  private GtidPosition position;
  private int unstored;
  private @Nullable Transaction open;

  Applier(ReplicaStore store, StatementParser parser, TableCopier copier, Progress progress)
      throws SQLException {
    this.store = store;
    this.parser = parser;
    this.copier = copier;
    this.progress = progress;
    store.rollback();
    store.dropStages();
    position = store.position();
    tables = new Tables(store, store.tables());
    progress.tables(tables.any());
    progress.position(position);
  }

  GtidPosition position() {
    return position;
  }

  /** Takes the next event of the stream. */
  void apply(Event event) throws SQLException {
    EventHeaderV4 header = event.getHeader();
    EventData data = event.getData();
    switch (header.getEventType()) {
      case MARIADB_GTID -> begin((MariadbGtidEventData) data, header.getServerId());
      case TABLE_MAP -> map((TableMapEventData) data);
      case WRITE_ROWS, UPDATE_ROWS, DELETE_ROWS, EXT_WRITE_ROWS, EXT_UPDATE_ROWS, EXT_DELETE_ROWS ->
        rows(header.getEventType(), ((ByteArrayEventData) data).getData());
      case QUERY -> statement((QueryEventData) data);
      case XID -> commit(current("a commit"));
      case XA_PREPARE -> prepare(current("an XA PREPARE"), (XAPrepareEventData) data);
      case HEARTBEAT -> storePosition();
      case ROTATE, FORMAT_DESCRIPTION -> maps.clear();
      case MARIADB_GTID_LIST, BINLOG_CHECKPOINT, STOP, ANNOTATE_ROWS, INTVAR, RAND, USER_VAR -> {}
      case INCIDENT -> throw new SnapshotRequired("the master says that its binlog lost events");
      default -> other(header.getEventType());
    }
    if (open == null) {
      store.writeIfDue();
    }
  }

  private void other(EventType type) {
    if (open != null) {
      throw new UnsupportedChange("event type " + type + " in transaction " + open.gtid()
          + " is not known. If log_bin_compress is on, switch it off on the master");
    }
  }

  private Transaction current(String what) {
    if (open == null) {
      throw new UnsupportedChange(what + " without a transaction came after " + position);
    }
    return open;
  }

  private void begin(MariadbGtidEventData data, long server) {
    Gtid gtid = new Gtid(data.getDomainId() & 0xFFFF_FFFFL, server, data.getSequence());
    if (open != null) {
      throw new UnsupportedChange(
          "transaction " + gtid + " began before " + open.gtid() + " ended");
    }
    if (position.covers(gtid)) {
      throw new UnsupportedChange("transaction " + gtid + " came after " + position
          + ": the master's sequence numbers do not rise. Set gtid_strict_mode=1 on it");
    }
    open = new Transaction(gtid, data.getFlags());
  }

  private void map(TableMapEventData map) {
    maps.put(map.getTableId(), map);
  }

  private void rows(EventType type, byte[] body) throws SQLException {
    Transaction transaction = current("a row");
    RowsEvent event = new RowsEvent(type, body);
    TableMapEventData map = maps.get(event.tableId());
    if (map == null) {
      throw new UnsupportedChange(
          "rows of table number " + event.tableId() + " came without its name");
    }
    if (!map.getDatabase().equals(store.schema())) {
      return;
    }
    String name = map.getTable();
    switch (tables.fit(map, transaction.gtid())) {
      case SKIP -> {}
      case COPY -> transaction.copy(name);
      case APPLY -> {
        if (!transaction.toCopy().contains(name)) {
          apply(event, map, transaction);
        }
      }
    }
  }

  private void apply(RowsEvent event, TableMapEventData map, Transaction transaction)
      throws SQLException {
    TableWriter writer = tables.writer(map.getTable());
    boolean cascading = event.kind() != Kind.INSERT
        && !event.withoutForeignKeys()
        && tables.cascades().concern(writer.definition());
    try {
      event.forEach(writer.definition(), map, (before, after) -> {
        transaction.touch(map.getTable());
        progress.arrived();
        write(writer, before, after);
        if (cascading && before != null) {
          cascade(writer.definition(), before, after, transaction.gtid());
        }
      });
    } catch (UnsupportedChange | SQLException e) {
      if (e instanceof SQLException sql && ReplicaErrors.isLockTimeout(sql)) {
        throw e;
      }
      if (!tables.mayHaveChangedWhileCopied(map.getTable(), transaction.gtid())) {
        throw new UnsupportedChange(
            "transaction " + transaction.gtid() + ", table " + map.getTable() + ": "
                + e.getMessage(),
            e);
      }
      transaction.copy(map.getTable());
    }
  }

  private static void write(TableWriter writer, @Nullable Row before, @Nullable Row after)
      throws SQLException {
    if (before != null && after != null) {
      writer.update(before, after);
    } else if (before != null) {
      writer.delete(before);
    } else if (after != null) {
      writer.insert(after);
    }
  }

  private void cascade(TableDefinition table, Row before, @Nullable Row after, Gtid gtid)
      throws SQLException {
    if (after == null) {
      tables.cascades().deleted(table, before, child -> tables.wants(child, gtid));
    } else {
      tables.cascades().updated(table, before, after, child -> tables.wants(child, gtid));
    }
  }

  private void statement(QueryEventData query) throws SQLException {
    Transaction transaction = current("a statement");
    StatementEffect effect = parser.parse(query.getDatabase(), query.getSql());
    switch (effect.kind()) {
      case NOTHING -> {}
      case COMMIT -> commit(transaction);
      case ROLLBACK -> rollBack(transaction);
      case ROLLBACK_TO_SAVEPOINT -> transaction.touched().forEach(transaction::copy);
      case COPY -> later(transaction, effect, transaction::copy);
      case DROP -> later(transaction, effect, table -> transaction.change(Change.Kind.DROP, table));
      case TRUNCATE -> later(transaction, effect, table -> truncate(transaction, table));
      case COPY_ALL -> throw new SnapshotRequired("all tables may be concerned by: " + head(query));
      case ROWS_AS_STATEMENT ->
        throw new UnsupportedChange("transaction " + transaction.gtid()
            + " changed rows by a statement, not as rows (a session used another binlog_format than"
            + " ROW): " + head(query));
      case XA_END -> transaction.xid(effect.subject());
      case XA_COMMIT -> commitXa(transaction, effect.subject());
    }
    if (open != null && transaction.isStandalone()) {
      commit(transaction);
    }
  }

  private void later(
      Transaction transaction, StatementEffect effect, java.util.function.Consumer<String> change) {
    effect.tables().stream()
        .filter(table -> tables.wants(table, transaction.gtid()))
        .forEach(change);
  }

  private void truncate(Transaction transaction, String table) {
    if (tables.has(table)) {
      transaction.change(Change.Kind.TRUNCATE, table);
    } else {
      transaction.copy(table);
    }
  }

  /** The statement's beginning, for the operator. */
  private static String head(QueryEventData query) {
    String sql = query.getSql().strip();
    return sql.length() <= 200 ? sql : sql.substring(0, 200) + "...";
  }

  /** Rows of a transaction that was rolled back, but for tables whose engine cannot. */
  private void rollBack(Transaction transaction) throws SQLException {
    store.rollback();
    transaction.touched().forEach(transaction::copy);
    commit(transaction);
  }

  private void prepare(Transaction transaction, XAPrepareEventData prepared) throws SQLException {
    if (prepared.isOnePhase() || !transaction.isPreparedXa()) {
      commit(transaction);
      return;
    }
    store.rollback();
    if (preparedXa.size() >= PREPARED_MAX) {
      preparedXa.remove(preparedXa.keySet().iterator().next());
    }
    preparedXa.put(transaction.xid(), Set.copyOf(transaction.touched()));
    moved(transaction);
  }

  /** The rows came earlier, with the PREPARE; they are fetched now. */
  private void commitXa(Transaction transaction, String xid) throws SQLException {
    if (transaction.rows() == 0) {
      Set<String> touched = preparedXa.remove(xid);
      if (touched == null) {
        throw new SnapshotRequired(
            "XA transaction " + xid + " was prepared before this node saw" + " it");
      }
      touched.forEach(transaction::copy);
    }
    commit(transaction);
  }

  private void commit(Transaction transaction) throws SQLException {
    if (transaction.changesNothing()) {
      moved(transaction);
      return;
    }
    GtidPosition next = position.with(transaction.gtid());
    tables.below(transaction.toCopy()).forEach(transaction::copy);
    TableChanges changes = new TableChanges(transaction, next);
    if (!transaction.toCopy().isEmpty()) {
      copier.copy(transaction, changes);
    }
    tables.releaseChanged(changes.states().keySet());
    store.commit(next, changes.states(), changes.changes());
    tables.put(changes.states());
    progress.applied(transaction.rows());
    position = next;
    unstored = 0;
    end();
  }

  /** Ends a transaction that changed nothing here. */
  private void moved(Transaction transaction) throws SQLException {
    position = position.with(transaction.gtid());
    if (++unstored >= UNSTORED_MAX) {
      storePosition();
    }
    end();
  }

  private void end() {
    open = null;
    maps.clear();
    progress.tables(tables.any());
    progress.position(position);
  }

  /** Stores a position that moved without rows. */
  private void storePosition() throws SQLException {
    if (open == null && unstored > 0) {
      store.move(position);
      store.commit();
      unstored = 0;
    }
  }

  @Override
  public void close() throws SQLException {
    tables.close();
    store.rollback();
    open = null;
    storePosition();
  }
}
