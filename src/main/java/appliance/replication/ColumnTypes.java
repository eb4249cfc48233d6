package appliance.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chooses for each MariaDB column the H2 type that holds all its values. */
final class ColumnTypes {

  /** H2's longest VARCHAR, in UTF-16 units. */
  private static final long VARCHAR_MAX = 1_048_576;

  private static final int TEXT_BYTES_MAX = 65_535;

  private ColumnTypes() {}

  /** The column's definition, or empty if the replica cannot hold it. */
  static Optional<ColumnDefinition> define(ColumnSource source) {
    if (source.columnType().contains("COMPRESSED")
        || (source.columnType().contains("mariadb-5.3") && source.fraction() > 0)) {
      return Optional.empty();
    }
    return switch (source.dataType()) {
      case "tinyint" -> of(source, ColumnKind.INTEGER, source.unsigned() ? "SMALLINT" : "TINYINT");
      case "smallint" -> of(source, ColumnKind.INTEGER, source.unsigned() ? "INTEGER" : "SMALLINT");
      case "mediumint" -> of(source, ColumnKind.INTEGER, "INTEGER");
      case "int" -> of(source, ColumnKind.INTEGER, source.unsigned() ? "BIGINT" : "INTEGER");
      case "bigint" ->
        source.unsigned()
            ? of(source, ColumnKind.UNSIGNED_LONG, "NUMERIC(20)")
            : of(source, ColumnKind.INTEGER, "BIGINT");
      case "year" -> of(source, ColumnKind.INTEGER, "SMALLINT");
      case "decimal" ->
        of(
            source,
            ColumnKind.DECIMAL,
            "DECIMAL(" + source.precision() + "," + source.scale() + ")");
      case "float" -> of(source, ColumnKind.REAL, "REAL");
      case "double" -> of(source, ColumnKind.DOUBLE, "DOUBLE PRECISION");
      case "bit" -> of(source, ColumnKind.BIT, source.precision() > 63 ? "NUMERIC(20)" : "BIGINT");
      case "date" -> of(source, ColumnKind.DATE, "DATE");
      case "datetime" -> of(source, ColumnKind.DATETIME, "TIMESTAMP(" + source.fraction() + ")");
      case "timestamp" ->
        of(source, ColumnKind.TIMESTAMP, "TIMESTAMP(" + source.fraction() + ") WITH TIME ZONE");
      case "time" -> of(source, ColumnKind.TIME, "VARCHAR(20)");
      case "uuid" -> of(source, ColumnKind.UUID, "UUID");
      case "inet4" -> of(source, ColumnKind.INET4, "VARCHAR(15)");
      case "inet6" -> of(source, ColumnKind.INET6, "VARCHAR(45)");
      default -> strings(source);
    };
  }

  private static Optional<ColumnDefinition> strings(ColumnSource source) {
    return switch (source.dataType()) {
      // H2 counts UTF-16 units, of which an emoji has two.
      case "char", "varchar" -> text(source, varchar(source, 2 * source.characters()));
      case "tinytext", "text" -> text(source, varchar(source, TEXT_BYTES_MAX));
      case "mediumtext", "longtext" -> text(source, "CLOB");
      case "binary", "varbinary" ->
        of(source, ColumnKind.BYTES, "VARBINARY(" + Math.max(1, source.characters()) + ")");
      case "tinyblob", "blob" -> of(source, ColumnKind.BYTES, "VARBINARY(" + TEXT_BYTES_MAX + ")");
      case "mediumblob", "longblob" -> of(source, ColumnKind.BYTES, "BLOB");
      case "enum" -> of(source, ColumnKind.ENUM, varchar(source, VARCHAR_MAX));
      case "set" -> of(source, ColumnKind.SET, varchar(source, VARCHAR_MAX));
      default -> Optional.empty();
    };
  }

  private static Optional<ColumnDefinition> text(ColumnSource source, String replicaType) {
    return Charsets.knows(source.charset())
        ? of(source, ColumnKind.TEXT, replicaType)
        : Optional.empty();
  }

  private static String varchar(ColumnSource source, long length) {
    return (source.ignoresCase() ? "VARCHAR_IGNORECASE(" : "VARCHAR(")
        + Math.min(VARCHAR_MAX, Math.max(1, length)) + ")";
  }

  private static Optional<ColumnDefinition> of(
      ColumnSource source, ColumnKind kind, String replicaType) {
    return Optional.of(new ColumnDefinition(
        source.name(),
        kind,
        source.columnType(),
        source.dataType(),
        replicaType,
        source.unsigned(),
        source.dataType().equals("binary") ? (int) source.characters() : 0,
        source.charset(),
        replicaType.startsWith("VARCHAR_IGNORECASE"),
        source.nullable(),
        source.generated(),
        kind == ColumnKind.ENUM || kind == ColumnKind.SET
            ? labels(source.columnType())
            : List.of()));
  }

  /** The labels of {@code enum('a','it''s')}. */
  static List<String> labels(String columnType) {
    List<String> labels = new ArrayList<>();
    int at = columnType.indexOf('(') + 1;
    while (at < columnType.length() && columnType.charAt(at) == '\'') {
      StringBuilder label = new StringBuilder();
      at = label(columnType, at + 1, label);
      labels.add(label.toString());
      at++; // the comma, or the closing bracket
    }
    return labels;
  }

  /** Reads up to the closing quote; returns the place behind it. */
  private static int label(String text, int start, StringBuilder label) {
    int at = start;
    while (at < text.length()) {
      char c = text.charAt(at++);
      boolean pair = at < text.length();
      if (c == '\'' && !(pair && text.charAt(at) == '\'')) {
        return at;
      }
      if (c == '\'') {
        at++;
      } else if (c == '\\' && pair) {
        c = unescaped(text.charAt(at++));
      }
      label.append(c);
    }
    return at;
  }

  private static char unescaped(char c) {
    return switch (c) {
      case '0' -> '\0';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'Z' -> '\032';
      default -> c;
    };
  }
}
