package appliance.testing;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
        row.add(String.valueOf(result.getString(i)));
      }
      rows.add(List.copyOf(row));
    }
    return rows;
  }
}
