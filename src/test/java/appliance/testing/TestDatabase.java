package appliance.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The master database of a scenario: a real server with the schema {@code site} and a user who has the
 * rights that docs/OPERATING.md asks for, and no more.
 */
public final class TestDatabase {

  private static final String SCHEMA = "site";
  private static final String USER = "app";
  private static final String PASSWORD = "app-secret";

  private final MariaDb server;

  private TestDatabase(MariaDb server) {
    this.server = server;
  }

  /** Starts a server that ends with the scenario; {@code options} go to its command line. */
  public static TestDatabase start(Scenario scenario, String... options) {
    List<String> all = new ArrayList<>(List.of("--binlog-row-metadata=FULL"));
    all.addAll(List.of(options));
    MariaDb server = scenario.owns(MariaDb.start(all.toArray(String[]::new)));
    server.execute(
        "CREATE DATABASE " + SCHEMA + " CHARACTER SET utf8mb4",
        "CREATE USER " + USER + "@'%' IDENTIFIED BY '" + PASSWORD + "'",
        "GRANT SELECT ON " + SCHEMA + ".* TO " + USER + "@'%'",
        "GRANT REPLICATION SLAVE, REPLICATION CLIENT, BINLOG MONITOR ON *.* TO " + USER + "@'%'");
    return new TestDatabase(server);
  }

  /** The node's settings with this database as the master. */
  public NodeSettings configure(NodeSettings node) {
    return configure(node, port());
  }

  /** As {@link #configure(NodeSettings)}, by another way to it. */
  public NodeSettings configure(NodeSettings node, int port) {
    return node.withEnvironment(
            "APPLIANCE_DATABASE", "mysql://" + USER + "@127.0.0.1:" + port + "/" + SCHEMA)
        .withEnvironment("APPLIANCE_DATABASE_PASSWORD", PASSWORD);
  }

  public int port() {
    return server.port();
  }

  /** A session of the site's writer. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:" + server.port() + "/" + SCHEMA, "root", "");
  }

  /** Runs one statement as the site's writer. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** All rows as text, in the order that the query gives. */
  public List<List<String>> rows(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      return Replica.read(result);
    }
  }
}
