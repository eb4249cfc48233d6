package appliance.replication;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;

/** A column as information_schema.COLUMNS describes it; absent texts are empty, numbers 0. */
record ColumnSource(
    String table,
    String name,
    boolean nullable,
    String dataType,
    String columnType,
    long characters,
    int precision,
    int scale,
    int fraction,
    String charset,
    String collation,
    boolean generated) {

  static final String QUERY = "SELECT TABLE_NAME, COLUMN_NAME, IS_NULLABLE, DATA_TYPE, COLUMN_TYPE,"
      + " CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION,"
      + " CHARACTER_SET_NAME, COLLATION_NAME, IS_GENERATED FROM information_schema.COLUMNS"
      + " WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION";

  static ColumnSource read(ResultSet row) throws SQLException {
    return new ColumnSource(
        text(row, 1),
        text(row, 2),
        text(row, 3).equals("YES"),
        text(row, 4).toLowerCase(Locale.ROOT),
        text(row, 5),
        row.getLong(6),
        row.getInt(7),
        row.getInt(8),
        row.getInt(9),
        text(row, 10),
        text(row, 11),
        text(row, 12).equals("ALWAYS"));
  }

  private static String text(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }

  boolean unsigned() {
    return columnType.contains("unsigned") || columnType.contains("zerofill");
  }

  boolean ignoresCase() {
    return collation.endsWith("_ci");
  }
}
