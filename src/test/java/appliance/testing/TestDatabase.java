package appliance.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A MariaDB server for one test. */
public final class TestDatabase implements AutoCloseable {
  private final int port = Ports.free();
  private final Process process;

  private TestDatabase(Path folder, List<String> options) throws IOException {
    Finished installed = Finished.of(
        List.of(
            "mariadb-install-db",
            "--no-defaults",
            "--datadir=" + folder.resolve("data"),
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--user=" + System.getProperty("user.name")),
        Map.of(),
        folder);
    if (installed.exitCode() != 0) {
      throw new AssertionError(installed.output());
    }
    Path init = Files.writeString(folder.resolve("init.sql"), """
        CREATE DATABASE IF NOT EXISTS site CHARACTER SET utf8mb4;
        CREATE USER IF NOT EXISTS app@'127.0.0.1' IDENTIFIED BY 'app-secret';
        GRANT ALL ON *.* TO app@'127.0.0.1';
        """);
    List<String> command = new ArrayList<>(List.of(
        "/usr/sbin/mariadbd",
        "--no-defaults",
        "--user=" + System.getProperty("user.name"),
        "--datadir=" + folder.resolve("data"),
        "--socket=" + folder.resolve("s"),
        "--bind-address=127.0.0.1",
        "--port=" + port,
        "--skip-name-resolve",
        "--server-id=1",
        "--innodb-buffer-pool-size=64M",
        "--init-file=" + init));
    command.addAll(options);
    process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("mariadb.log").toFile())
        .start();
    Await.until("MariaDB answers", () -> {
      try (Connection c = connect()) {
        return c.isValid(1);
      }
    });
  }

  public static TestDatabase start(Scenario scenario) throws IOException {
    return start(scenario, "--log-bin=binlog", "--binlog-format=ROW", "--binlog-row-metadata=FULL");
  }

  public static TestDatabase start(Scenario scenario, String... options) throws IOException {
    return scenario.owns(new TestDatabase(scenario.folder("mariadb"), List.of(options)));
  }

  /** The node's settings with this database as the master. */
  public NodeSettings configure(NodeSettings node) {
    return node.withEnvironment("APPLIANCE_DATABASE", "mysql://app@127.0.0.1:" + port + "/site")
        .withEnvironment("APPLIANCE_DATABASE_PASSWORD", "app-secret");
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:" + port + "/site", "app", "app-secret");
  }

  public void execute(String sql) throws SQLException {
    try (Connection c = connect();
        Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }

  public List<List<String>> rows(String query) throws SQLException {
    try (Connection c = connect();
        Statement s = c.createStatement();
        ResultSet r = s.executeQuery(query)) {
      return Replica.read(r);
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
