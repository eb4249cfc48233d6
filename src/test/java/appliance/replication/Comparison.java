package appliance.replication;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * The rows of both sides as sorted text. It reads the master in its own way, through HEX and CAST in
 * SQL, and so shares no decoding with the replica.
 */
record Comparison(Connection source, Connection copy, String schema) {

  List<String> masterTables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = source.createStatement();
        ResultSet row = statement.executeQuery("SELECT TABLE_NAME FROM information_schema.TABLES"
            + " WHERE TABLE_SCHEMA = '" + schema + "' AND TABLE_TYPE = 'BASE TABLE'"
            + " ORDER BY BINARY TABLE_NAME")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  private Map<String, String> types(String table) throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    try (Statement statement = source.createStatement();
        ResultSet row = statement.executeQuery("SELECT COLUMN_NAME, DATA_TYPE FROM"
            + " information_schema.COLUMNS WHERE TABLE_SCHEMA = '" + schema
            + "' AND TABLE_NAME = '" + table + "' ORDER BY ORDINAL_POSITION")) {
      while (row.next()) {
        types.put(row.getString(1), row.getString(2));
      }
    }
    return types;
  }

  List<String> master(String table) throws SQLException {
    Map<String, String> types = types(table);
    StringJoiner columns = new StringJoiner(", ");
    types.forEach((name, type) -> columns.add(
        switch (type) {
          case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" ->
            "HEX(`" + name + "`)";
          case "bit" -> "`" + name + "` + 0";
          case "float" -> "CAST(`" + name + "` AS DOUBLE)";
          case "double" -> "`" + name + "`";
          case "int" -> "CAST(CAST(`" + name + "` AS SIGNED) AS CHAR)"; // without ZEROFILL
          default -> "HEX(CONVERT(CAST(`" + name + "` AS CHAR) USING utf8mb4))";
        }));
    try (Statement statement = source.createStatement()) {
      statement.execute("SET time_zone = '+00:00'");
      return rows(
          statement,
          "SELECT " + columns + " FROM " + SqlNames.backquoted(table),
          List.copyOf(types.values()),
          false);
    }
  }

  List<String> replica(String table) throws SQLException {
    Map<String, String> types = types(table);
    StringJoiner columns = new StringJoiner(", ");
    types.forEach((name, type) -> columns.add("\"" + name + "\""));
    try (Statement statement = copy.createStatement()) {
      return rows(
          statement,
          "SELECT " + columns + " FROM " + SqlNames.quoted(table),
          List.copyOf(types.values()),
          true);
    }
  }

  private static List<String> rows(
      Statement statement, String sql, List<String> types, boolean replica) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        StringJoiner text = new StringJoiner("|");
        for (int i = 0; i < types.size(); i++) {
          text.add(
              replica
                  ? replicaText(row, i + 1, types.get(i))
                  : masterText(row, i + 1, types.get(i)));
        }
        rows.add(text.toString());
      }
    }
    rows.sort(null);
    return rows;
  }

  private static String masterText(ResultSet row, int index, String type) throws SQLException {
    String text = row.getString(index);
    if (text == null) {
      return "null";
    }
    return switch (type) {
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit" -> text;
      case "float", "double" -> String.valueOf(Double.parseDouble(text));
      case "int" -> text;
      case "datetime", "timestamp" ->
        unhex(text).replaceAll("(\\.\\d*?)0+$", "$1").replaceAll("\\.$", "");
      default -> unhex(text);
    };
  }

  private static String unhex(String text) {
    return new String(HexFormat.of().parseHex(text), StandardCharsets.UTF_8);
  }

  private static String replicaText(ResultSet row, int index, String type) throws SQLException {
    if (row.getObject(index) == null) {
      return "null";
    }
    String text = Objects.requireNonNull(row.getString(index));
    return switch (type) {
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" ->
        HexFormat.of().withUpperCase().formatHex(row.getBytes(index));
      case "float" -> String.valueOf((double) row.getFloat(index));
      case "double" -> String.valueOf(row.getDouble(index));
      case "date", "datetime" -> text.replace("-0001-11-30", "0000-00-00");
      case "timestamp" -> text.replaceAll("\\+00$", "").replace("-0001-11-30", "0000-00-00");
      case "year" -> String.format("%04d", row.getInt(index));
      default -> text;
    };
  }
}
