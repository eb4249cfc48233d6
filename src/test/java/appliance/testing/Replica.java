package appliance.testing;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/** A node's local copy of the database, read as local programs read it. */
public final class Replica {

  private final String url;

  private Replica(String url) {
    this.url = url;
  }

  /** The replica of a running node; it may have moved after a restart, so ask each time. */
  public static Replica of(NodeProcess node) throws IOException {
    return new Replica(node.replicaUrl());
  }

  /** All rows as text, in the order that the query gives. */
  public List<List<String>> rows(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      return read(result);
    }
  }

  static List<List<String>> read(ResultSet result) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    int columns = result.getMetaData().getColumnCount();
    while (result.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        row.add(text(result, i));
      }
      rows.add(List.copyOf(row));
    }
    return rows;
  }

  /** One way to write a moment: the drivers differ in their zeros. */
  private static String text(ResultSet row, int column) throws SQLException {
    boolean moment = row.getMetaData().getColumnType(column) == Types.TIMESTAMP;
    return String.valueOf(
        moment ? row.getObject(column, LocalDateTime.class) : row.getString(column));
  }
}
