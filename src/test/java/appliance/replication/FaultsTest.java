package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.GtidPosition;
import appliance.model.ReplicaProgress;
import appliance.testing.MariaDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What breaks on the way from the master neither loses nor repeats a change. */
@Tag("database")
final class FaultsTest {

  /** MariaDB's word for one that has ended by itself. */
  private static final int UNKNOWN_THREAD = 1094;

  private static MariaDb master;

  @TempDir
  private Path data;

  @BeforeAll
  static void start_a_master() {
    master = MariaDb.start();
  }

  @AfterAll
  static void end_the_master() {
    master.close();
  }

  @BeforeEach
  void make_a_table() {
    master.execute(
        "DROP DATABASE IF EXISTS site",
        "CREATE DATABASE site",
        "CREATE TABLE site.t (id int AUTO_INCREMENT PRIMARY KEY, v varchar(300))");
  }

  private static ReplicaProgress progress(Replica replica) {
    return replica.replication().progress();
  }

  private Replica replica() {
    return new Replica(master.config("site"), data).awaitCaughtUp();
  }

  private static void killDumpThreads() throws SQLException {
    try (Connection session = master.connect("");
        Statement statement = session.createStatement();
        Statement kill = session.createStatement();
        ResultSet row = statement.executeQuery(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND = 'Binlog Dump'")) {
      while (row.next()) {
        kill(kill, row.getLong(1));
      }
    }
  }

  private static void kill(Statement statement, long thread) throws SQLException {
    try {
      statement.execute("KILL " + thread);
    } catch (SQLException e) {
      if (e.getErrorCode() != UNKNOWN_THREAD) {
        throw e;
      }
    }
  }

  @Test
  void a_stream_that_is_cut_in_the_middle_of_a_large_transaction_loses_none_of_it()
      throws SQLException {
    try (Replica replica = replica()) {
      int tries = 0;
      long twice = 0;
      while (twice < 3_000 && tries < 5) { // a test that is not given time cuts too late
        tries++;
        long before = arrived(replica);
        master.execute("INSERT INTO site.t (v) SELECT repeat('x', 250) FROM site.seq_1_to_200000");
        master.execute("INSERT INTO site.t (v) VALUES ('after')");
        replica.await("within the transaction", () -> arrived(replica) > before + 3_000);
        killDumpThreads();
        replica.awaitPosition(master);
        assertEquals("" + tries * 200_001, replica.text("select count(*) from t"));
        assertEquals("" + tries * 2, replica.status("transactionsApplied"));
        twice = arrived(replica) - before - 200_001;
      }
      assertTrue(twice >= 3_000, "never cut in the middle");
    }
  }

  private static long arrived(Replica replica) {
    return Long.parseLong(replica.status("rowsArrived"));
  }

  @Test
  void a_master_that_restarts_is_followed_again() {
    try (Replica replica = replica()) {
      master.execute("INSERT INTO site.t (v) VALUES ('before')");
      replica.awaitPosition(master);
      replica.await("level", () -> progress(replica).state() == ReplicaProgress.State.LEVEL);
      GtidPosition reached = progress(replica).position();
      master.stop();
      replica.awaitState("CONNECTING");
      ReplicaProgress cutOff = new ReplicaProgress(ReplicaProgress.State.CUT_OFF, reached);
      replica.await("cut off", () -> progress(replica).equals(cutOff));
      assertEquals("before", replica.text("select v from t"));
      master.startAgain();
      master.execute("INSERT INTO site.t (v) VALUES ('after')");
      replica.awaitState("RUNNING");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void a_purged_position_leads_to_a_new_snapshot() throws SQLException {
    try (Replica replica = replica()) {
      master.execute("INSERT INTO site.t (v) VALUES ('seen')");
      replica.awaitPosition(master);
    }
    killDumpThreads(); // they hold the file for a while
    master.execute(
        "INSERT INTO site.t (v) VALUES ('unseen')",
        "FLUSH BINARY LOGS",
        "INSERT INTO site.t (v) VALUES ('after')");
    String last = lastBinlog();
    while (!master.text("SHOW BINARY LOGS").equals(last)) {
      master.execute("PURGE BINARY LOGS TO '" + last + "'");
    }
    try (Replica replica = replica()) {
      replica.await("copied", () -> replica.status("rowsCopied").equals("3"));
      replica.assertEqualsMaster(master);
    }
  }

  private static String lastBinlog() {
    return master.text("SHOW MASTER STATUS");
  }

  @Test
  void a_master_whose_history_is_another_leads_to_a_new_snapshot() {
    try (Replica replica = replica()) {
      master.execute(
          "INSERT INTO site.t (v) VALUES ('one')", "INSERT INTO site.t (v) VALUES ('two')");
      replica.awaitPosition(master);
    }
    master.execute(
        "DELETE FROM site.t WHERE v = 'two'",
        "RESET MASTER",
        "INSERT INTO site.t (v) VALUES ('three')");
    try (Replica replica = replica()) {
      replica.await("copied", () -> replica.status("rowsCopied").equals("2"));
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void rows_changed_by_a_statement_stop_the_replica_before_them() {
    try (Replica replica = replica()) {
      master.execute(
          "INSERT INTO site.t (v) VALUES ('row')",
          "USE site",
          "SET SESSION binlog_format = STATEMENT",
          "INSERT INTO t (v) VALUES ('statement')");
      replica.await("STOPPED", () -> replica.status("state").equals("STOPPED"));
      String reason = replica.status("reason");
      assertTrue(reason.contains("binlog_format"), reason);
      assertTrue(reason.contains("INSERT INTO t (v) VALUES ('statement')"), reason);
      assertTrue(replica.replication().failed());
      assertEquals("1", replica.text("select count(*) from t"));
      assertEquals(List.of("stopped"), replica.statesInMetrics());

      replica.replication().rebuild();
      replica.await("no longer STOPPED", () -> !replica.status("state").equals("STOPPED"));
      replica.assertEqualsMaster(master);
      assertEquals("2", replica.text("select count(*) from t"), "with the statement's row");
    }
  }

  @Test
  void a_running_replica_is_copied_anew_on_request() {
    try (Replica replica = replica()) {
      master.execute("INSERT INTO site.t (v) VALUES ('row')");
      replica.awaitPosition(master);
      String copied = replica.status("rowsCopied");
      replica.replication().rebuild();
      replica.await("copied again", () -> !replica.status("rowsCopied").equals(copied));
      master.execute("INSERT INTO site.t (v) VALUES ('later')");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void compressed_events_stop_the_replica_before_them() {
    try (Replica replica = replica()) {
      master.execute(
          "SET GLOBAL log_bin_compress = ON",
          "INSERT INTO site.t (v) VALUES (repeat('x', 300))",
          "SET GLOBAL log_bin_compress = OFF");
      replica.await("STOPPED", () -> replica.status("state").equals("STOPPED"));
      assertTrue(replica.status("reason").contains("log_bin_compress"), replica.status("reason"));
      assertEquals("0", replica.text("select count(*) from t"));
    }
  }

  @Test
  void a_value_on_no_calendar_stops_the_replica_naming_the_table() {
    master.execute("CREATE TABLE site.d (id int PRIMARY KEY, v date)");
    try (Replica replica = replica()) {
      master.execute("SET sql_mode = ''", "INSERT INTO site.d VALUES (1, '2024-00-15')");
      replica.await("STOPPED", () -> replica.status("state").equals("STOPPED"));
      String reason = replica.status("reason");
      assertTrue(reason.contains("table d") && reason.contains("2024-00-15"), reason);
    }
  }

  @Test
  void a_replica_that_was_written_to_behind_its_back_stops_instead_of_guessing()
      throws SQLException {
    master.execute("INSERT INTO site.t VALUES (1, 'one'), (2, 'two')");
    try (Replica replica = replica()) {
      replica.awaitPosition(master);
    }
    try (Connection owner = ReplicaFile.open(data.resolve("replica")).connect();
        Statement statement = owner.createStatement()) {
      statement.execute("DELETE FROM \"site\".\"t\" WHERE \"id\" = 1");
      statement.execute("SHUTDOWN");
    }
    try (Replica replica = replica()) {
      String before = replica.status("position");
      master.execute("UPDATE site.t SET v = 'changed' WHERE id = 1");
      replica.await("STOPPED", () -> replica.status("state").equals("STOPPED"));
      assertTrue(replica.status("reason").contains("met 0 rows"), replica.status("reason"));
      assertEquals(before, replica.status("position"));
    }
  }

  @Test
  void a_damaged_replica_is_taken_anew() throws Exception {
    master.execute("INSERT INTO site.t VALUES (1, 'one')");
    try (Replica replica = replica()) {
      replica.awaitPosition(master);
    }
    Path file = data.resolve("replica").resolve("replica.mv.db");
    java.nio.file.Files.write(file, new byte[8192]);
    try (Replica replica = replica()) {
      replica.assertEqualsMaster(master);
    }
  }
}
