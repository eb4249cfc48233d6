package appliance.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The one table, in words that the master and its replica both understand. */
final class EntryTable {

  static final int SHOWN_MAX = 50;
  private static final int QUERY_SECONDS_MAX = 5;

  private static final String CREATE = """
      CREATE TABLE IF NOT EXISTS entry (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        author VARCHAR(60) NOT NULL,
        message VARCHAR(1000) NOT NULL,
        picture VARCHAR(60),
        node VARCHAR(60) NOT NULL,
        posted DATETIME(3) NOT NULL
      ) DEFAULT CHARSET=utf8mb4""";
  private static final String INSERT =
      "INSERT INTO entry (author, message, picture, node, posted) VALUES (?, ?, ?, ?, ?)";
  private static final String NEWEST = "SELECT id, author, message, picture, node, posted"
      + " FROM entry ORDER BY id DESC LIMIT "
      + SHOWN_MAX;

  private EntryTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(CREATE);
    }
  }

  /** Returns the id of the new entry. */
  static long insert(Connection connection, Draft draft, String node) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(INSERT, Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, draft.author());
      insert.setString(2, draft.message());
      insert.setObject(3, draft.picture().orElse(null), Types.VARCHAR);
      insert.setString(4, node);
      insert.setObject(5, LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS));
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        return keys.next() ? keys.getLong(1) : 0;
      }
    }
  }

  /** Returns whether there was such an entry. */
  static boolean delete(Connection connection, long id) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM entry WHERE id = ?")) {
      delete.setLong(1, id);
      return delete.executeUpdate() > 0;
    }
  }

  /** The newest entries, newest first. */
  static List<Entry> newest(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(NEWEST)) {
      select.setQueryTimeout(QUERY_SECONDS_MAX);
      List<Entry> entries = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          entries.add(entry(rows));
        }
      }
      return entries;
    }
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        Optional.ofNullable(row.getString(4)),
        row.getString(5),
        row.getObject(6, LocalDateTime.class));
  }
}
