package appliance.replication;

import appliance.testing.MariaDb;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What foreign keys do to other tables, while the table that they lead to is copied anew. */
@Tag("database")
final class ForeignKeysTest {

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
  void three_tables_each_the_parent_of_the_next() {
    master.execute(
        "DROP DATABASE IF EXISTS site",
        "CREATE DATABASE site",
        "CREATE TABLE site.a (id int PRIMARY KEY)",
        "CREATE TABLE site.b (id int PRIMARY KEY, a int, FOREIGN KEY (a) REFERENCES site.a (id)"
            + " ON DELETE CASCADE ON UPDATE CASCADE)",
        "CREATE TABLE site.c (id int PRIMARY KEY, b int, FOREIGN KEY (b) REFERENCES site.b (id)"
            + " ON DELETE CASCADE)",
        "CREATE TABLE site.m (id int PRIMARY KEY) ENGINE=MyISAM",
        "INSERT INTO site.a VALUES (1), (2), (3)",
        "INSERT INTO site.b VALUES (10, 1), (20, 2), (30, 3)",
        "INSERT INTO site.c VALUES (100, 10), (200, 20), (300, 30)");
  }

  private Replica replica() {
    return new Replica(master.config("site"), data).awaitCaughtUp();
  }

  /** The replica copies the altered table as it is now: without the rows that went after that. */
  private void followsLater(String... statements) {
    try (Replica replica = replica()) {
      replica.awaitPosition(master);
    }
    master.execute(statements);
    try (Replica replica = replica()) {
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void rows_that_go_with_those_of_a_table_that_is_copied_anew_go_here_too() {
    followsLater("ALTER TABLE site.a ADD v int", "DELETE FROM site.a WHERE id = 1");
  }

  @Test
  void so_do_those_two_tables_below() {
    followsLater("ALTER TABLE site.b ADD v int", "DELETE FROM site.a WHERE id = 1");
  }

  @Test
  void a_key_follows_its_table_to_another_name() {
    try (Replica replica = replica()) {
      master.execute("RENAME TABLE site.a TO site.z", "DELETE FROM site.z WHERE id = 1");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void a_key_follows_its_column_to_another_name() {
    try (Replica replica = replica()) {
      master.execute(
          "ALTER TABLE site.a CHANGE id number int", "DELETE FROM site.a WHERE number = 1");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void rows_that_go_in_an_xa_transaction_take_theirs_along() {
    try (Replica replica = replica()) {
      master.execute(
          "XA START 'one'",
          "DELETE FROM site.a WHERE id = 1",
          "XA END 'one'",
          "XA PREPARE 'one'",
          "XA COMMIT 'one'");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void rows_that_are_back_after_a_savepoint_have_theirs_back() {
    try (Replica replica = replica()) {
      master.execute(
          "START TRANSACTION",
          "INSERT INTO site.m VALUES (1)",
          "SAVEPOINT here",
          "DELETE FROM site.a WHERE id = 1",
          "INSERT INTO site.m VALUES (2)",
          "ROLLBACK TO here",
          "COMMIT");
      replica.assertEqualsMaster(master);
    }
  }
}
