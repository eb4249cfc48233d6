package appliance.replication;

import appliance.model.GtidPosition;
import com.google.gson.Gson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the replica knows of itself, in tables of its own; never commits. */
final class ReplicaMetadata {

  private static final String[] TABLES = {
    "CREATE SCHEMA IF NOT EXISTS \"appliance_replication\"",
    "CREATE TABLE IF NOT EXISTS \"appliance_replication\".\"replica\" (\"id\" INT PRIMARY KEY,"
        + " \"generation\" BIGINT NOT NULL, \"schema\" VARCHAR NOT NULL,"
        + " \"position\" VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS \"appliance_replication\".\"tables\" (\"generation\" BIGINT,"
        + " \"name\" VARCHAR(64), \"definition\" VARCHAR, \"ignored\" BOOLEAN NOT NULL, \"copied_at\" VARCHAR NOT NULL,"
        + " \"settled_at\" VARCHAR NOT NULL, PRIMARY KEY (\"generation\", \"name\"))",
    "CREATE TABLE IF NOT EXISTS \"appliance_replication\".\"intents\" (\"id\" BIGINT"
        + " GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \"kind\" VARCHAR NOT NULL,"
        + " \"table\" VARCHAR NOT NULL, \"stage\" VARCHAR)",
  };

  private final Connection connection;
  private final Gson gson = new Gson();

  ReplicaMetadata(Connection connection) {
    this.connection = connection;
  }

  void create() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute(table);
      }
      statement.execute("INSERT INTO \"appliance_replication\".\"replica\" SELECT 1, 0, '', ''"
          + " WHERE NOT EXISTS (SELECT 1 FROM \"appliance_replication\".\"replica\")");
    }
    connection.commit();
  }

  /** 0 until the first snapshot is complete. */
  long current() throws SQLException {
    return Long.parseLong(replica("generation"));
  }

  String schema() throws SQLException {
    return replica("schema");
  }

  GtidPosition position() throws SQLException {
    return GtidPosition.parse(replica("position"));
  }

  private String replica(String column) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(
            "SELECT " + SqlNames.quoted(column) + " FROM \"appliance_replication\".\"replica\"")) {
      row.next();
      return row.getString(1);
    }
  }

  void move(GtidPosition position) throws SQLException {
    update(
        "UPDATE \"appliance_replication\".\"replica\" SET \"position\" = ?", position.toString());
  }

  /** Makes {@code generation} the current one, with no tables yet. */
  void begin(long generation, String schema, GtidPosition position) throws SQLException {
    update("DELETE FROM \"appliance_replication\".\"tables\"");
    update("DELETE FROM \"appliance_replication\".\"intents\"");
    update(
        "UPDATE \"appliance_replication\".\"replica\" SET \"generation\" = ?, \"schema\" = ?,"
            + " \"position\" = ?",
        generation,
        schema,
        position.toString());
  }

  void put(long generation, String name, TableState state) throws SQLException {
    update(
        "DELETE FROM \"appliance_replication\".\"tables\" WHERE \"generation\" = ?"
            + " AND \"name\" = ?",
        generation,
        name);
    try (PreparedStatement statement = connection.prepareStatement(
        "INSERT INTO \"appliance_replication\".\"tables\" VALUES (?, ?, ?, ?, ?, ?)")) {
      statement.setLong(1, generation);
      statement.setString(2, name);
      statement.setString(3, state.definition() == null ? null : gson.toJson(state.definition()));
      statement.setBoolean(4, state.ignored());
      statement.setString(5, state.copiedAt().toString());
      statement.setString(6, state.settledAt().toString());
      statement.executeUpdate();
    }
  }

  Map<String, TableState> tables() throws SQLException {
    Map<String, TableState> tables = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT \"name\", \"definition\", \"ignored\","
            + " \"copied_at\", \"settled_at\" FROM \"appliance_replication\".\"tables\"")) {
      while (row.next()) {
        String definition = row.getString(2);
        tables.put(
            row.getString(1),
            new TableState(
                definition == null ? null : gson.fromJson(definition, TableDefinition.class),
                row.getBoolean(3),
                GtidPosition.parse(row.getString(4)),
                GtidPosition.parse(row.getString(5))));
      }
    }
    return tables;
  }

  void intend(Change change) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(
        "INSERT INTO \"appliance_replication\".\"intents\" (\"kind\", \"table\", \"stage\")"
            + " VALUES (?, ?, ?)")) {
      statement.setString(1, change.kind().name());
      statement.setString(2, change.table());
      statement.setString(3, change.stage());
      statement.executeUpdate();
    }
  }

  Map<Long, Change> intents() throws SQLException {
    Map<Long, Change> intents = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT \"id\", \"kind\", \"table\", \"stage\""
            + " FROM \"appliance_replication\".\"intents\" ORDER BY \"id\"")) {
      while (row.next()) {
        intents.put(
            row.getLong(1),
            new Change(Change.Kind.valueOf(row.getString(2)), row.getString(3), row.getString(4)));
      }
    }
    return intents;
  }

  void forget(long intent) throws SQLException {
    update("DELETE FROM \"appliance_replication\".\"intents\" WHERE \"id\" = ?", intent);
  }

  private void update(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }
}
