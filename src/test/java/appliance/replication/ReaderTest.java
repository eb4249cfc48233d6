package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.testing.MariaDb;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.api.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Local programs read the replica, and can do nothing else with it. */
@Tag("database")
final class ReaderTest {

  private static MariaDb master;

  @TempDir
  private static Path data;

  private static Replica replica;

  @BeforeAll
  static void start_a_replica() {
    master = MariaDb.start();
    master.execute(
        "CREATE DATABASE site",
        "CREATE TABLE site.wp_posts (ID bigint unsigned AUTO_INCREMENT PRIMARY KEY, year int,"
            + " `key` int, post_title text, post_date datetime)",
        "INSERT INTO site.wp_posts VALUES (1, 2024, 5, 'Hello', '0000-00-00')");
    replica = new Replica(master.config("site"), data);
    replica.awaitCaughtUp();
  }

  @AfterAll
  static void end_what_has_started() {
    if (replica != null) {
      replica.close();
    }
    if (master != null) {
      master.close();
    }
  }

  @Test
  void names_are_found_as_the_master_would_find_them() {
    assertEquals("Hello", replica.text("select post_title from wp_posts where year = 2024"));
    assertEquals("Hello", replica.text("SELECT `POST_TITLE` FROM site.WP_Posts WHERE `key` = 5"));
    assertEquals("Hello", replica.text("select post_title from wp_posts where post_title='hELLO'"));
  }

  @Test
  void the_url_is_one_line_for_its_owner_only() throws Exception {
    Path file = data.resolve("replica.jdbc");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(1, Files.readAllLines(file).size());
    assertFalse(replica.status("jdbcUrl").contains("PASSWORD"), "the status shows no password");
  }

  @Test
  void only_loopback_is_served() throws Exception {
    int port = Integer.parseInt(replica.status("jdbcUrl").replaceAll(".*:(\\d+)/.*", "$1"));
    // Could not be bound if the server had the port on all addresses.
    new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2")).close();
  }

  @Test
  void a_reader_can_only_read() throws SQLException {
    String[] forbidden = {
      "insert into wp_posts (ID) values (3)",
      "update wp_posts set year = 1",
      "delete from wp_posts",
      "truncate table wp_posts",
      "drop table wp_posts",
      "alter table wp_posts add x int",
      "create table x (a int)",
      "create schema z",
      "create view v as select 1",
      "create index i on wp_posts (year)",
      "create sequence s",
      "create alias a for \"java.lang.System.exit\"",
      "shutdown",
      "select file_read('/etc/passwd')",
      "select * from csvread('/etc/passwd')",
      "call csvwrite('x.csv', 'select 1')",
      "call file_write('a', 'x')",
      "call link_schema('a', '', 'jdbc:h2:mem:x', 'sa', '', 'public')",
      "create linked table l ('', 'jdbc:h2:mem:x', 'sa', '', 't')",
      "script",
      "backup to 'b.zip'",
      "runscript from 'x.sql'",
      "create user u password 'x'",
      "alter user reader admin true",
      "set exclusive 1",
      "set cache_size 1",
      "set mode regular",
      "checkpoint",
      "call abort_session(1)",
      "set db_close_delay 0",
      "comment on table wp_posts is 'x'",
      "select * from appliance_replication.replica",
      "execute immediate 'drop table wp_posts'",
    };
    try (Connection reader = replica.read();
        Statement statement = reader.createStatement()) {
      for (String sql : forbidden) {
        SQLException refusal = assertThrows(SQLException.class, () -> statement.execute(sql), sql);
        assertTrue(
            String.valueOf(refusal.getMessage()).contains("rights"),
            sql + ": " + refusal.getMessage());
      }
    }
    assertEquals("1", replica.text("select count(*) from wp_posts"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set password 'mine'",
        "alter user reader set password 'mine'",
        "alter user reader set salt '00' hash '00'"
      })
  void a_reader_that_changes_its_password_keeps_nobody_out_for_long(String change)
      throws SQLException {
    try (Connection reader = replica.read();
        Statement statement = reader.createStatement()) {
      statement.execute(change);
    }
    replica.await("readable by the URL that is known", this::opens);
    String changed = replica.url().replaceAll("PASSWORD=.*", "PASSWORD=mine");
    assertThrows(SQLException.class, () -> DriverManager.getConnection(changed).close());
  }

  private boolean opens() {
    try (Connection reader = replica.read()) {
      return reader.isValid(1);
    } catch (SQLException e) {
      assertEquals(ErrorCode.WRONG_USER_OR_PASSWORD, e.getErrorCode(), e.toString());
      return false;
    }
  }

  @Test
  void failed_logins_fill_no_file() throws Exception {
    for (int i = 0; i < 2; i++) { // H2 answers each one later than the one before
      String wrong = replica.url().replaceAll("PASSWORD=.*", "PASSWORD=wrong");
      assertThrows(SQLException.class, () -> DriverManager.getConnection(wrong).close());
    }
    assertFalse(Files.exists(data.resolve("replica/replica.trace.db")));
  }

  @Test
  void no_other_database_can_be_opened_or_made() {
    String url = replica.url();
    String server = url.substring(0, url.indexOf("/./") + 1);
    for (String other : new String[] {
      server + "./other;USER=a;PASSWORD=b",
      server + "mem:x;USER=a;PASSWORD=b",
      server + "/etc/x;USER=a;PASSWORD=b",
      server + "../replica/replica2;USER=a;PASSWORD=b",
      server + "./replica;USER=OWNER;PASSWORD=",
      server + "./replica;USER=reader;PASSWORD=",
      url + ";INIT=create table q (a int)",
      url + ";CACHE_SIZE=1",
      url + ";MODE=Oracle",
    }) {
      assertThrows(SQLException.class, () -> DriverManager.getConnection(other).close(), other);
    }
  }

  @Test
  void a_reader_that_holds_locks_loses_its_session_and_not_the_replica() throws SQLException {
    try (Connection reader = replica.read();
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      try (ResultSet row = statement.executeQuery("select * from wp_posts for update")) {
        assertTrue(row.next());
      }
      master.execute(
          "UPDATE site.wp_posts SET year = 2025 WHERE ID = 1",
          "UPDATE site.wp_posts SET year = 2024 WHERE ID = 1");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void an_open_reader_does_not_keep_a_table_from_changing() throws SQLException {
    master.execute(
        "CREATE TABLE site.changing (id int PRIMARY KEY)", "INSERT INTO site.changing VALUES (1)");
    replica.awaitPosition(master);
    try (Connection reader = replica.read();
        Statement statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("select * from changing");
      master.execute(
          "ALTER TABLE site.changing ADD v int", "INSERT INTO site.changing VALUES (2, 2)");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void a_taken_port_is_a_start_failure() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Replication second = new Replication(
            master.config("site"), data.resolve("second"), taken.getLocalPort(), NodeId.random())) {
      StartFailure failure = assertThrows(StartFailure.class, second::start);
      assertEquals(ExitCode.PORT_TAKEN, failure.exitCode());
    }
  }
}
