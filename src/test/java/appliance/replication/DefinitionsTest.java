package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import appliance.testing.MariaDb;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements that change tables are followed, whatever their form. */
@Tag("database")
final class DefinitionsTest {

  private static MariaDb master;

  @TempDir
  private Path data;

  @BeforeAll
  static void start_a_master() {
    master = MariaDb.start("--sql-mode=");
  }

  @AfterAll
  static void end_the_master() {
    master.close();
  }

  @BeforeEach
  void make_tables() {
    master.execute(
        "DROP DATABASE IF EXISTS site",
        "DROP DATABASE IF EXISTS other",
        "CREATE DATABASE site",
        "CREATE DATABASE other",
        "CREATE TABLE site.t (id int AUTO_INCREMENT PRIMARY KEY, a int, b varchar(20), KEY (b))",
        "INSERT INTO site.t (a, b) VALUES (1, 'one'), (2, 'two'), (3, 'three')",
        "CREATE TABLE site.u LIKE site.t");
  }

  private Replica replica() {
    return new Replica(master.config("site"), data).awaitCaughtUp();
  }

  private void followed(String... statements) {
    try (Replica replica = replica()) {
      master.execute(statements);
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void columns_come_go_move_and_change_between_rows() {
    followed(
        "INSERT INTO site.t (a, b) VALUES (4, 'four')",
        "ALTER TABLE site.t ADD c datetime NOT NULL DEFAULT '2024-01-01', ADD KEY (c)",
        "INSERT INTO site.t (a, b, c) VALUES (5, 'five', '2024-02-02')",
        "ALTER TABLE site.t DROP a, MODIFY b text FIRST",
        "UPDATE site.t SET b = 'changed' WHERE id = 2",
        "ALTER TABLE site.t CHANGE b d mediumtext, ALGORITHM=COPY",
        "INSERT INTO site.t (d) VALUES ('seven')",
        "ALTER TABLE site.t MODIFY id bigint unsigned AUTO_INCREMENT",
        "INSERT INTO site.t (id) VALUES (18446744073709551614)");
  }

  @Test
  void labels_of_an_enum_may_be_put_in_another_order() {
    followed(
        "ALTER TABLE site.t ADD e enum('x', 'y') DEFAULT 'y'",
        "INSERT INTO site.t (e) VALUES ('x')",
        "ALTER TABLE site.t MODIFY e enum('y', 'x', 'z')",
        "INSERT INTO site.t (e) VALUES ('z'), ('x')");
  }

  @Test
  void tables_are_made_renamed_swapped_and_dropped() {
    followed(
        "CREATE TABLE site.v AS SELECT * FROM site.t",
        "INSERT INTO site.v VALUES (9, 9, 'nine')",
        "RENAME TABLE site.t TO site.x, site.v TO site.t, site.x TO site.v",
        "INSERT INTO site.t VALUES (10, 10, 'ten')",
        "ALTER TABLE site.t RENAME TO site.`with ``quotes\"`",
        "INSERT INTO site.`with ``quotes\"` VALUES (11, 11, 'eleven')",
        "DROP TABLE site.u",
        "CREATE OR REPLACE TABLE site.v (id int PRIMARY KEY)",
        "INSERT INTO site.v VALUES (1)",
        "CREATE TABLE site.u (n int)",
        "INSERT INTO site.u VALUES (1), (1)");
  }

  @Test
  void tables_come_from_and_go_to_another_schema() {
    followed(
        "CREATE TABLE other.o (id int PRIMARY KEY)",
        "INSERT INTO other.o VALUES (1)",
        "RENAME TABLE other.o TO site.o, site.t TO other.t",
        "INSERT INTO site.o VALUES (2)",
        "INSERT INTO other.t (a) VALUES (9)",
        "USE other",
        "DROP TABLE site.u",
        "CREATE TABLE u (id int)",
        "INSERT INTO u VALUES (3)");
  }

  @Test
  void truncated_tables_are_empty_and_fill_again() {
    followed(
        "TRUNCATE TABLE site.t",
        "INSERT INTO site.t (a) VALUES (1)",
        "USE site",
        "/* why */ truncate u -- done",
        "INSERT INTO u (b) VALUES ('x')",
        "TRUNCATE `site` . `t`");
  }

  @Test
  void a_select_into_a_new_table_arrives_once() {
    followed(
        "CREATE TABLE site.many AS SELECT seq, repeat('x', 100) AS v FROM site.seq_1_to_5000",
        "DELETE FROM site.many WHERE seq % 2 = 0",
        "CREATE OR REPLACE TABLE site.many SELECT 1 AS one");
  }

  @Test
  void a_temporary_table_stays_where_it_is() throws SQLException {
    try (Replica replica = replica()) {
      master.execute(
          "USE site",
          "CREATE TEMPORARY TABLE tmp (id int)",
          "INSERT INTO tmp VALUES (1)",
          "INSERT INTO t (a) SELECT id FROM tmp",
          "DROP TEMPORARY TABLE tmp",
          "CREATE TEMPORARY TABLE u (id int)",
          "DROP TABLE u",
          "INSERT INTO u (a) VALUES (7)");
      replica.assertEqualsMaster(master);
      assertFalse(replica.tables().contains("tmp"));
    }
  }

  @Test
  void views_sequences_triggers_and_routines_do_not_disturb() {
    followed(
        "CREATE VIEW site.seen AS SELECT a FROM site.t",
        "CREATE SEQUENCE site.numbers",
        "SELECT NEXT VALUE FOR site.numbers",
        "USE site",
        "CREATE TRIGGER mirror AFTER INSERT ON t FOR EACH ROW INSERT INTO u (a) VALUES (NEW.a)",
        "INSERT INTO t (a) VALUES (NEXT VALUE FOR numbers)",
        "CREATE PROCEDURE fill() BEGIN INSERT INTO t (a) VALUES (1); UPDATE t SET a = a + 1; END",
        "CALL fill()",
        "DROP VIEW seen",
        "DROP SEQUENCE numbers",
        "ANALYZE TABLE t",
        "OPTIMIZE TABLE t",
        "SET STATEMENT lock_wait_timeout = 5 FOR ALTER TABLE t ADD z int",
        "INSERT INTO t (z) VALUES (3)");
  }

  @Test
  void an_imported_dump_is_followed() {
    followed(
        "USE site",
        "DROP TABLE IF EXISTS `t`",
        "/*!40101 SET @saved_cs_client     = @@character_set_client */",
        "CREATE TABLE `t` (`id` int(11) NOT NULL, `v` varchar(191) DEFAULT NULL, PRIMARY KEY (`id`),"
            + " KEY `v` (`v`(10))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
        "LOCK TABLES `t` WRITE",
        "/*!40000 ALTER TABLE `t` DISABLE KEYS */",
        "INSERT INTO `t` VALUES (1,'a'),(2,'b')",
        "/*!40000 ALTER TABLE `t` ENABLE KEYS */",
        "UNLOCK TABLES",
        "/*!50001 CREATE ALGORITHM=UNDEFINED VIEW `w` AS SELECT 1 AS `x` */");
  }

  @Test
  void keys_and_partitions_change() {
    followed(
        "CREATE INDEX more ON site.t (a)",
        "CREATE UNIQUE INDEX one ON site.t (a)",
        "INSERT INTO site.t (a) VALUES (10)",
        "DROP INDEX one ON site.t",
        "INSERT INTO site.t (a) VALUES (10)",
        "ALTER TABLE site.t MODIFY id int, DROP PRIMARY KEY",
        "INSERT INTO site.t VALUES (1, 1, 'one'), (1, 1, 'one')",
        "DELETE FROM site.t WHERE id = 1 LIMIT 1",
        "ALTER TABLE site.u PARTITION BY HASH (id) PARTITIONS 3",
        "INSERT INTO site.u (a) VALUES (1), (2), (3)",
        "ALTER TABLE site.u TRUNCATE PARTITION p1",
        "DELETE FROM site.u WHERE a = 3");
  }

  @Test
  void definitions_that_change_while_they_are_copied_settle() throws Exception {
    master.execute("INSERT INTO site.t (a, b) SELECT seq, 'row' FROM site.seq_1_to_20000");
    Thread changer = new Thread(() -> {
      for (int i = 0; i < 8; i++) {
        master.execute(
            "ALTER TABLE site.t ADD c" + i + " int DEFAULT " + i,
            "UPDATE site.t SET a = a + 1 WHERE id < 50",
            "RENAME TABLE site.t TO site.x, site.u TO site.t, site.x TO site.u",
            "INSERT INTO site.t (a) VALUES (" + i + ")",
            "INSERT INTO site.u (a) VALUES (" + i + ")",
            "DELETE FROM site.u WHERE a = " + i);
      }
    });
    changer.start();
    try (Replica replica = replica()) {
      changer.join();
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void a_dropped_schema_keeps_the_last_copy_until_there_is_one_again() {
    try (Replica replica = replica()) {
      master.execute("DROP DATABASE site");
      replica.awaitState("CONNECTING");
      assertEquals("3", replica.text("select count(*) from t"));
      master.execute("CREATE DATABASE site", "CREATE TABLE site.w (id int)");
      replica.awaitState("RUNNING");
      replica.assertEqualsMaster(master);
    }
  }
}
