package appliance.replication;

import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The rows that one statement wrote, changed or deleted in one table, still undecoded. */
final class RowsEvent {

  private static final int NO_FOREIGN_KEY_CHECKS = 2;

  /** What happened to the rows. */
  enum Kind {
    INSERT,
    UPDATE,
    DELETE
  }

  /** Takes the rows one by one; of an insert {@code before} is null, of a delete {@code after}. */
  interface Sink {
    void row(@Nullable Row before, @Nullable Row after) throws java.sql.SQLException;
  }

  private final Kind kind;
  private final boolean extended;
  private final ByteReader in;
  private final long tableId;
  private final int flags;

  RowsEvent(EventType type, byte[] body) {
    kind = switch (type) {
      case WRITE_ROWS, EXT_WRITE_ROWS -> Kind.INSERT;
      case UPDATE_ROWS, EXT_UPDATE_ROWS -> Kind.UPDATE;
      case DELETE_ROWS, EXT_DELETE_ROWS -> Kind.DELETE;
      default -> throw new IllegalArgumentException(type + " holds no rows");
    };
    extended = type == EventType.EXT_WRITE_ROWS
        || type == EventType.EXT_UPDATE_ROWS
        || type == EventType.EXT_DELETE_ROWS;
    in = new ByteReader(body);
    tableId = in.little(6);
    flags = (int) in.little(2);
  }

  Kind kind() {
    return kind;
  }

  long tableId() {
    return tableId;
  }

  /** Whether the session had switched foreign keys off, and so nothing cascaded. */
  boolean withoutForeignKeys() {
    return (flags & NO_FOREIGN_KEY_CHECKS) != 0;
  }

  /** Decodes all rows, in order. May be called once. */
  void forEach(TableDefinition table, TableMapEventData map, Sink sink)
      throws java.sql.SQLException {
    if (extended) {
      in.skip(in.little(2) - 2);
    }
    int columns = (int) in.packed();
    if (columns != table.columns().size()) {
      throw new UnsupportedChange("a row of table " + table.name() + " has " + columns
          + " columns instead" + " of " + table.columns().size());
    }
    BitSet first = in.bits(columns);
    BitSet second = kind == Kind.UPDATE ? in.bits(columns) : first;
    while (in.hasMore()) {
      int start = in.position();
      Row row = read(table, map, first);
      switch (kind) {
        case INSERT -> sink.row(null, row);
        case DELETE -> sink.row(row, null);
        case UPDATE -> sink.row(row, read(table, map, second));
      }
      if (in.position() == start) {
        throw new UnsupportedChange("a row of table " + table.name() + " has no columns");
      }
    }
  }

  private Row read(TableDefinition table, TableMapEventData map, BitSet present) {
    BitSet nulls = in.bits(present.cardinality());
    Object[] values = new Object[table.columns().size()];
    int position = 0;
    for (int i = present.nextSetBit(0); i >= 0; i = present.nextSetBit(i + 1)) {
      if (!nulls.get(position++)) {
        int type = map.getColumnTypes()[i] & 0xFF;
        values[i] = BinlogValue.read(in, table.columns().get(i), type, map.getColumnMetadata()[i]);
      }
    }
    return new Row(present, values);
  }
}
