package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.MariaDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica of a real master has what the master has. */
@Tag("database")
final class FollowingTest {

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
  void empty_the_schema() {
    master.execute("DROP DATABASE IF EXISTS site", "CREATE DATABASE site");
  }

  private Replica replica() {
    return new Replica(master.config("site"), data).awaitCaughtUp();
  }

  @Test
  void rows_of_the_snapshot_and_rows_after_it_are_read_by_name() {
    master.execute(
        "CREATE TABLE site.wp_posts (ID bigint unsigned AUTO_INCREMENT PRIMARY KEY, title text)",
        "INSERT INTO site.wp_posts (title) VALUES ('before')");
    try (Replica replica = replica()) {
      assertEquals("before", replica.text("select title from wp_posts where id = 1"));
      master.execute("INSERT INTO site.wp_posts (title) VALUES ('after')");
      replica.assertEqualsMaster(master);
      assertEquals("after", replica.text("SELECT `title` FROM WP_POSTS WHERE ID = 2"));
    }
  }

  @Test
  void a_rolled_back_transaction_and_a_rolled_back_savepoint_leave_nothing() throws SQLException {
    master.execute("CREATE TABLE site.t (id int PRIMARY KEY, v varchar(20))");
    try (Replica replica = replica();
        Connection session = master.connect("site");
        Statement statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1, 'rolled back')");
      session.rollback();
      statement.execute("INSERT INTO t VALUES (2, 'kept')");
      statement.execute("SAVEPOINT here");
      statement.execute("INSERT INTO t VALUES (3, 'rolled back')");
      statement.execute("ROLLBACK TO here");
      statement.execute("INSERT INTO t VALUES (4, 'kept')");
      session.commit();
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void tables_of_other_engines_follow_too_also_within_a_rolled_back_transaction()
      throws SQLException {
    master.execute(
        "CREATE TABLE site.m (id int PRIMARY KEY, v varchar(20)) ENGINE=MyISAM",
        "CREATE TABLE site.a (id int PRIMARY KEY, v varchar(20)) ENGINE=Aria TRANSACTIONAL=0",
        "CREATE TABLE site.i (id int PRIMARY KEY, v varchar(20))",
        "INSERT INTO site.m VALUES (1, 'one')",
        "INSERT INTO site.a VALUES (1, 'one')");
    try (Replica replica = replica();
        Connection session = master.connect("site");
        Statement statement = session.createStatement()) {
      replica.assertEqualsMaster(master);
      statement.execute("INSERT INTO m VALUES (2, 'two')");
      session.setAutoCommit(false);
      statement.execute("INSERT INTO i VALUES (1, 'rolled back')");
      statement.execute("INSERT INTO m VALUES (3, 'stays')");
      statement.execute("SAVEPOINT here");
      statement.execute("INSERT INTO i VALUES (2, 'rolled back')");
      statement.execute("INSERT INTO a VALUES (3, 'stays')");
      statement.execute("ROLLBACK TO here");
      session.rollback();
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void changes_of_other_schemas_move_the_position_and_nothing_else() {
    master.execute(
        "CREATE DATABASE IF NOT EXISTS elsewhere",
        "CREATE TABLE IF NOT EXISTS elsewhere.t (id int AUTO_INCREMENT PRIMARY KEY)",
        "CREATE TABLE site.t (id int PRIMARY KEY)");
    try (Replica replica = replica()) {
      master.execute(
          "INSERT INTO elsewhere.t VALUES ()",
          "USE elsewhere",
          "CREATE TABLE u AS SELECT 1 AS a",
          "DROP TABLE u",
          "INSERT INTO site.t VALUES (1)",
          "CREATE USER IF NOT EXISTS somebody");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void equal_rows_of_a_table_without_a_key_go_one_by_one() {
    master.execute(
        "CREATE TABLE site.t (v varchar(20), n int, f float, x longtext)",
        "INSERT INTO site.t VALUES ('a', 1, 1.1, 'x'), ('a', 1, 1.1, 'x'), ('A', 1, 1.1, 'x'),"
            + " ('a', NULL, NULL, NULL), ('a', NULL, NULL, NULL)");
    try (Replica replica = replica()) {
      master.execute(
          "DELETE FROM site.t WHERE v = BINARY 'a' LIMIT 1",
          "UPDATE site.t SET n = 2 WHERE n IS NULL LIMIT 1",
          "INSERT INTO site.t VALUES ('a', 1, 1.1, 'x')",
          "DELETE FROM site.t WHERE v = BINARY 'A'");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void text_keys_that_differ_by_case_or_accent_only_are_kept_apart() {
    master.execute(
        "CREATE TABLE site.t (k varchar(20) COLLATE utf8mb4_bin PRIMARY KEY, v int)",
        "CREATE TABLE site.u (k varchar(20) COLLATE utf8mb4_unicode_ci PRIMARY KEY, v int)",
        "INSERT INTO site.t VALUES ('a', 1), ('A', 2), ('ä', 3)",
        "INSERT INTO site.u VALUES ('i', 1), ('\u0131', 2), ('k', 3)");
    try (Replica replica = replica()) {
      master.execute(
          "UPDATE site.t SET v = 5 WHERE k = 'A'",
          "DELETE FROM site.t WHERE k = 'a'",
          "UPDATE site.u SET k = 'I' WHERE k = 'i'",
          "UPDATE site.u SET v = 9 WHERE k = '\u0131'",
          "DELETE FROM site.u WHERE k = 'I'");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void keys_that_move_over_each_other_in_one_statement_are_followed() {
    master.execute(
        "CREATE TABLE site.t (id int PRIMARY KEY, u int UNIQUE)",
        "INSERT INTO site.t VALUES (1, 10), (2, 20), (3, 30)");
    try (Replica replica = replica()) {
      master.execute(
          "UPDATE site.t SET id = id + 1, u = u + 10 ORDER BY id DESC",
          "REPLACE INTO site.t VALUES (2, 40), (9, 20)",
          "INSERT INTO site.t VALUES (9, 1) ON DUPLICATE KEY UPDATE u = 90");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void cascades_of_foreign_keys_are_repeated() {
    master.execute(
        "CREATE TABLE site.p (id int PRIMARY KEY, k int, UNIQUE (k))",
        "CREATE TABLE site.c (id int PRIMARY KEY, p int, CONSTRAINT c_p FOREIGN KEY (p) REFERENCES"
            + " site.p (id) ON DELETE CASCADE ON UPDATE CASCADE)",
        "CREATE TABLE site.g (id int PRIMARY KEY, c int, v int, FOREIGN KEY (c) REFERENCES"
            + " site.c (id) ON DELETE CASCADE)",
        "CREATE TABLE site.n (id int PRIMARY KEY, k int, FOREIGN KEY (k) REFERENCES site.p (k)"
            + " ON DELETE SET NULL ON UPDATE CASCADE)",
        "CREATE TABLE site.s (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES site.s (id)"
            + " ON DELETE CASCADE)",
        "INSERT INTO site.p VALUES (1, 10), (2, 20), (3, 30), (4, 40)",
        "INSERT INTO site.c VALUES (1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (6, NULL)",
        "INSERT INTO site.g SELECT seq, 1 + seq % 6, seq FROM site.seq_1_to_30",
        "INSERT INTO site.n SELECT seq, 10 * (1 + seq % 4) FROM site.seq_1_to_20",
        "INSERT INTO site.s VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, NULL), (6, 5)");
    try (Replica replica = replica()) {
      master.execute(
          "DELETE FROM site.p WHERE id = 1",
          "UPDATE site.p SET id = 22, k = 21 WHERE id = 2",
          "DELETE FROM site.s WHERE id = 1",
          "SET foreign_key_checks = 0",
          "DELETE FROM site.p WHERE id = 3",
          "SET foreign_key_checks = 1");
      replica.assertEqualsMaster(master);
      assertEquals("3", replica.text("select p from c where id = 4"));
    }
  }

  @Test
  void an_xa_transaction_is_there_when_it_is_committed() {
    master.execute("CREATE TABLE site.t (id int PRIMARY KEY)");
    try (Replica replica = replica()) {
      master.execute(
          "XA START 'one'", "INSERT INTO site.t VALUES (1)", "XA END 'one'", "XA PREPARE 'one'");
      master.execute("INSERT INTO site.t VALUES (2)");
      replica.awaitPosition(master);
      assertEquals("1", replica.text("select count(*) from t"));
      master.execute("XA COMMIT 'one'");
      replica.assertEqualsMaster(master);
      master.execute(
          "XA START 'two'",
          "INSERT INTO site.t VALUES (3)",
          "XA END 'two'",
          "XA PREPARE 'two'",
          "XA ROLLBACK 'two'",
          "XA START 'three'",
          "INSERT INTO site.t VALUES (4)",
          "XA END 'three'",
          "XA COMMIT 'three' ONE PHASE");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void a_row_image_of_changed_columns_only_is_honoured() {
    master.execute(
        "CREATE TABLE site.t (id int PRIMARY KEY, a int, b longtext)",
        "INSERT INTO site.t VALUES (1, 1, 'x'), (2, 2, 'y')");
    try (Replica replica = replica()) {
      master.execute(
          "SET binlog_row_image = MINIMAL",
          "UPDATE site.t SET a = 7 WHERE id = 1",
          "DELETE FROM site.t WHERE id = 2",
          "SET binlog_row_image = NOBLOB",
          "UPDATE site.t SET a = 8 WHERE id = 1");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void full_row_metadata_changes_nothing() {
    master.execute(
        "SET GLOBAL binlog_row_metadata = FULL",
        "CREATE TABLE site.t (id int unsigned PRIMARY KEY, e enum('a','b'), s set('x','y'), t text)");
    try (Replica replica = replica()) {
      master.execute("INSERT INTO site.t VALUES (4000000000, 'b', 'x,y', 'text')");
      replica.assertEqualsMaster(master);
    } finally {
      master.execute("SET GLOBAL binlog_row_metadata = NO_LOG");
    }
  }

  @Test
  void a_restarted_node_goes_on_from_its_position_without_a_new_snapshot() {
    master.execute("CREATE TABLE site.t (id int PRIMARY KEY)");
    try (Replica replica = replica()) {
      master.execute("INSERT INTO site.t VALUES (1)");
      replica.awaitPosition(master);
    }
    master.execute("INSERT INTO site.t VALUES (2)");
    try (Replica replica = replica()) {
      replica.assertEqualsMaster(master);
      assertEquals("0", replica.status("rowsCopied"));
      assertEquals("1", replica.status("rowsApplied"));
    }
  }

  @Test
  void a_table_without_rows_counts_as_content_and_none_does_not() {
    try (Replica replica = replica()) {
      assertFalse(replica.replication().hasContent());
      master.execute("CREATE TABLE site.t (id int PRIMARY KEY)");
      replica.await("a table made while it follows", () -> replica.replication().hasContent());
      master.execute("DROP TABLE site.t");
      replica.await("none any more", () -> !replica.replication().hasContent());
      master.execute("CREATE TABLE site.u (id int PRIMARY KEY)");
      replica.awaitPosition(master);
    }
    try (Replica replica = replica()) {
      assertTrue(replica.replication().hasContent(), "a table that was here before the start");
    }
  }

  @Test
  void the_lag_is_zero_at_the_masters_position() {
    master.execute("CREATE TABLE site.t (id int PRIMARY KEY)");
    try (Replica replica = replica()) {
      master.execute("INSERT INTO site.t SELECT seq FROM site.seq_1_to_1000");
      replica.awaitPosition(master);
      replica.await("without lag", () -> replica.status("lagMillis").equals("0"));
    }
  }
}
