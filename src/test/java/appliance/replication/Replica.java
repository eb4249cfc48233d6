package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.DatabaseConfig;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import appliance.status.Field;
import appliance.status.Sample;
import appliance.testing.Await;
import appliance.testing.MariaDb;
import appliance.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** A running replica of a real master, as a node would have it. */
final class Replica implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final Path data;
  private final DatabaseConfig config;
  private final Replication replication;

  Replica(DatabaseConfig config, Path data) {
    this.config = config;
    this.data = data;
    replication = new Replication(config, data, Ports.free(), new NodeId(new UUID(7, 7)));
    replication.start();
  }

  Replication replication() {
    return replication;
  }

  String status(String name) {
    return replication.source().read().fields().stream()
        .filter(field -> field.name().equals(name))
        .map(Field::json)
        .map(String::valueOf)
        .findFirst()
        .orElseThrow();
  }

  /** Those that {@code /metrics} shows as 1. */
  List<String> statesInMetrics() {
    return replication.source().families().stream()
        .flatMap(family -> family.samples().stream())
        .filter(sample -> sample instanceof Sample.Value state && state.value().equals(1))
        .map(sample -> sample.labels().get("state"))
        .toList();
  }

  Replica awaitCaughtUp() {
    await("caught up", replication::caughtUp);
    return this;
  }

  /** Waits until the replica has what {@code master} has now. */
  void awaitPosition(MariaDb master) {
    GtidPosition target = GtidPosition.parse(master.text("SELECT @@gtid_binlog_pos"));
    await("position " + target, () -> GtidPosition.parse(status("position")).covers(target));
  }

  void awaitState(String state) {
    await("state " + state, () -> status("state").equals(state));
  }

  /** Waits for the first refusal; {@code failed()} would wait for many. */
  void awaitRefusal() {
    await(
        "refused",
        () -> status("state").equals("CONNECTING") && !status("reason").isEmpty());
  }

  void await(String what, BooleanSupplier condition) {
    Await.until(what, DEADLINE, () -> replication.source().read().json(), () -> {
      if (condition.getAsBoolean()) {
        return true;
      }
      if (status("state").equals("STOPPED") && !what.contains("STOPPED")) {
        throw new AssertionError(
            "not " + what + ": " + replication.source().read().json());
      }
      return false;
    });
  }

  String url() {
    try {
      return Files.readString(data.resolve("replica.jdbc")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Connection read() throws SQLException {
    return DriverManager.getConnection(url());
  }

  String text(String query) {
    try (Connection connection = read();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      throw new AssertionError(query, e);
    }
  }

  List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Connection connection = read();
        ResultSet row = connection.getMetaData().getTables(null, config.schema(), "%", null)) {
      while (row.next()) {
        tables.add(row.getString("TABLE_NAME"));
      }
    }
    return tables;
  }

  /** Waits for the position, and compares every table with the master's. */
  void assertEqualsMaster(MariaDb master) {
    awaitPosition(master);
    try (Connection source = master.connect(config.schema());
        Connection copy = read()) {
      Comparison comparison = new Comparison(source, copy, config.schema());
      assertEquals(comparison.masterTables(), tables());
      for (String table : comparison.masterTables()) {
        assertSame(table, comparison.master(table), comparison.replica(table));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertSame(String table, List<String> expected, List<String> actual) {
    if (!expected.equals(actual)) {
      List<String> missing = new ArrayList<>(expected);
      actual.forEach(missing::remove);
      List<String> extra = new ArrayList<>(actual);
      expected.forEach(extra::remove);
      throw new AssertionError(
          table + " differs: the master has " + first(missing) + ", the replica " + first(extra));
    }
  }

  private static List<String> first(List<String> rows) {
    return rows.stream()
        .limit(3)
        .map(row -> row.length() > 500 ? row.substring(0, 500) + "..." : row)
        .toList();
  }

  @Override
  public void close() {
    replication.close();
  }
}
