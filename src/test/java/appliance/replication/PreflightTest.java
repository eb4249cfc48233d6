package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.DatabaseConfig;
import appliance.model.HostPort;
import appliance.testing.Await;
import appliance.testing.MariaDb;
import appliance.testing.Ports;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master that cannot be replicated from is refused with the cause and the fix. */
@Tag("database")
final class PreflightTest {

  private static MariaDb master;

  @TempDir
  private Path data;

  @BeforeAll
  static void start_a_master() {
    master = MariaDb.start();
    master.execute(
        "CREATE DATABASE site",
        "CREATE TABLE site.t (id int PRIMARY KEY, v int)",
        "INSERT INTO site.t VALUES (1, 1)",
        "CREATE USER bare@'127.0.0.1' IDENTIFIED BY 'secret'",
        "GRANT INSERT ON site.* TO bare@'127.0.0.1'");
  }

  @AfterAll
  static void end_the_master() {
    master.close();
  }

  private void refused(DatabaseConfig config, String... words) {
    try (Replica replica = new Replica(config, data)) {
      replica.awaitRefusal();
      String reason = replica.status("reason");
      for (String word : words) {
        assertTrue(reason.contains(word), word + " in: " + reason);
      }
      assertEquals("CONNECTING", replica.status("state"));
    }
  }

  private DatabaseConfig user(String user, String password) {
    return new DatabaseConfig(master.config("site").server(), user, password, "site");
  }

  @Test
  void a_wrong_password_is_named() {
    refused(user("bare", "wrong"), "refuses user bare", "password");
  }

  @Test
  void missing_privileges_come_with_the_statement_that_grants_them() {
    refused(
        user("bare", "secret"),
        "REPLICATION SLAVE, BINLOG MONITOR",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'bare'@'127.0.0.1'",
        "GRANT SELECT, LOCK TABLES ON `site`.* TO 'bare'@'127.0.0.1'");
  }

  @Test
  void tables_that_must_be_locked_are_named_with_the_privilege_for_it() {
    master.execute(
        "CREATE DATABASE wiki",
        "CREATE TABLE wiki.page (id int PRIMARY KEY) ENGINE=InnoDB",
        "CREATE TABLE wiki.searchindex (id int PRIMARY KEY) ENGINE=MyISAM",
        "INSERT INTO wiki.searchindex VALUES (7)",
        "CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'secret'",
        "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO reader@'127.0.0.1'",
        "GRANT SELECT ON wiki.* TO reader@'127.0.0.1'");
    DatabaseConfig reader =
        new DatabaseConfig(master.config("wiki").server(), "reader", "secret", "wiki");
    try (Replica replica = new Replica(reader, data)) {
      replica.awaitRefusal();
      String reason = replica.status("reason");
      assertTrue(reason.contains("(searchindex)"), reason);
      assertTrue(reason.contains("GRANT LOCK TABLES ON `wiki`.* TO reader"), reason);
      master.execute("GRANT LOCK TABLES ON wiki.* TO reader@'127.0.0.1'");
      replica.awaitCaughtUp();
      assertEquals("7", replica.text("select id from searchindex"));
    }
  }

  @Test
  void an_unknown_schema_is_named() {
    refused(master.config("nothing"), "has no schema nothing");
  }

  @Test
  void an_unreachable_server_is_named() {
    HostPort nobody = new HostPort("127.0.0.1", Ports.free());
    refused(
        new DatabaseConfig(nobody, "root", "", "site"), "cannot reach " + nobody, "MariaDB runs");
  }

  @Test
  void binlog_settings_that_lose_changes_are_refused_all_at_once_and_taken_when_mended() {
    master.execute(
        "SET GLOBAL binlog_format = STATEMENT",
        "SET GLOBAL binlog_row_image = MINIMAL",
        "SET GLOBAL log_bin_compress = ON");
    try (Replica replica = new Replica(master.config("site"), data)) {
      replica.awaitRefusal();
      String reason = replica.status("reason");
      assertTrue(reason.contains("SET GLOBAL binlog_format=ROW"), reason);
      assertTrue(reason.contains("SET GLOBAL binlog_row_image=FULL"), reason);
      assertTrue(reason.contains("log_bin_compress=OFF"), reason);
      master.execute(
          "SET GLOBAL binlog_format = ROW",
          "SET GLOBAL binlog_row_image = FULL",
          "SET GLOBAL log_bin_compress = OFF");
      replica.awaitCaughtUp();
      assertEquals("1", replica.text("select v from t"));
    }
  }

  @Test
  void mixed_format_is_refused() {
    master.execute("SET GLOBAL binlog_format = MIXED");
    try {
      refused(master.config("site"), "binlog_format is MIXED");
    } finally {
      master.execute("SET GLOBAL binlog_format = ROW");
    }
  }

  @Test
  void a_server_without_a_binlog_is_refused() {
    try (MariaDb silent = MariaDb.start("--skip-log-bin")) {
      silent.execute("CREATE DATABASE site");
      refused(silent.config("site"), "binary log is off", "log_bin");
    }
  }

  @Test
  void mysql_is_refused_by_name() {
    try (MariaDb other = MariaDb.start("--version=8.0.40")) {
      other.execute("CREATE DATABASE site");
      refused(other.config("site"), "is MySQL 8.0.40", "MariaDB 10.6");
    }
  }

  @Test
  void an_old_mariadb_is_refused() {
    try (MariaDb other = MariaDb.start("--version=10.5.9-MariaDB")) {
      other.execute("CREATE DATABASE site");
      refused(other.config("site"), "is MariaDB 10.5.9", "Upgrade it to 10.6");
    }
  }

  @Test
  void a_binlog_that_leaves_the_schema_out_is_refused() {
    try (MariaDb other = MariaDb.start("--binlog-ignore-db=mysql", "--binlog-ignore-db=site")) {
      other.execute("CREATE DATABASE site");
      refused(other.config("site"), "binlog_ignore_db", "site");
    }
    try (MariaDb other = MariaDb.start("--binlog-do-db=shop")) {
      other.execute("CREATE DATABASE site");
      refused(other.config("site"), "binlog_do_db", "site");
    }
  }

  @Test
  void a_binlog_without_what_a_server_gets_from_another_one_is_refused() {
    try (MariaDb first = MariaDb.start("--server-id=2");
        MariaDb second = MariaDb.start("--server-id=3")) {
      second.execute(
          "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + first.port()
              + ", MASTER_USER='root', MASTER_USE_GTID=slave_pos",
          "START SLAVE");
      first.execute("CREATE DATABASE site");
      Await.until(
          "it has come", () -> !second.text("SHOW DATABASES LIKE 'site'").isEmpty());
      String cure = "STOP SLAVE; RESET SLAVE ALL; SET GLOBAL gtid_slave_pos=''";
      refused(second.config("site"), "log_slave_updates", cure);
      second.execute(cure.split("; "));
      second.execute("CREATE TABLE site.t (id int PRIMARY KEY)", "INSERT INTO site.t VALUES (7)");
      try (Replica replica = new Replica(second.config("site"), data)) {
        replica.awaitCaughtUp();
        assertEquals("7", replica.text("select id from t"));
      }
    }
  }

  @Test
  void tables_whose_names_differ_by_case_only_are_refused_by_name() {
    master.execute(
        "CREATE DATABASE twins",
        "CREATE TABLE twins.`Users` (id int PRIMARY KEY)",
        "CREATE TABLE twins.`users` (id int PRIMARY KEY)",
        "INSERT INTO twins.`Users` VALUES (1)");
    refused(master.config("twins"), "Users", "users", "case");
  }

  @Test
  void types_and_keys_that_a_replica_cannot_hold_are_refused_by_name() {
    master.execute(
        "CREATE DATABASE odd",
        "CREATE TABLE odd.places (id int PRIMARY KEY, spot point)",
        "CREATE TABLE odd.packed (id int PRIMARY KEY, v varchar(100) COMPRESSED)",
        "CREATE TABLE odd.codes (code varchar(10) PRIMARY KEY)",
        "CREATE TABLE odd.uses (id int PRIMARY KEY, code varchar(10), CONSTRAINT by_code"
            + " FOREIGN KEY (code) REFERENCES odd.codes (code) ON DELETE CASCADE)");
    refused(master.config("odd"), "places.spot is point", "packed.v", "by_code of table uses");
  }

  @Test
  void a_refusal_leaves_a_good_replica_readable() {
    try (Replica replica = new Replica(master.config("site"), data)) {
      replica.awaitCaughtUp();
    }
    try (Replica replica = new Replica(user("bare", "wrong"), data)) {
      replica.awaitRefusal();
      assertEquals("1", replica.text("select v from t"));
    }
  }
}
