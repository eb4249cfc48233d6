package appliance.replication;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads one selected value into the form its column has in the replica, as the binlog's would be. */
final class SnapshotValue {

  private SnapshotValue() {}

  static @Nullable Object read(ResultSet row, int index, ColumnDefinition column)
      throws SQLException {
    if (column.kind() == ColumnKind.BYTES) {
      return row.getBytes(index);
    }
    String text = row.getString(index);
    return text == null ? null : parse(text, column);
  }

  private static Object parse(String text, ColumnDefinition column) {
    return switch (column.kind()) {
      case INTEGER -> Long.valueOf(text);
      case UNSIGNED_LONG, DECIMAL -> new BigDecimal(text);
      case REAL -> (float) Double.parseDouble(text);
      case DOUBLE -> Double.valueOf(text);
      case BIT ->
        column.replicaType().equals("BIGINT") ? (Object) Long.valueOf(text) : new BigDecimal(text);
      case DATE -> Temporals.parseDate(text);
      case DATETIME -> Temporals.parseDatetime(text);
      case TIMESTAMP -> Temporals.parseDatetime(text).atOffset(ZoneOffset.UTC);
      case UUID -> UUID.fromString(text);
      case TEXT, ENUM, SET, TIME, INET4, INET6, BYTES -> text;
    };
  }
}
