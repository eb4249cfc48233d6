package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.MariaDb;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values of every supported type are the same in the snapshot, by the binlog, and on the master. */
@Tag("database")
final class TypesTest {

  private static final String[] TABLES = {
    "CREATE TABLE site.numbers (id int PRIMARY KEY, a tinyint, b tinyint unsigned, c smallint,"
        + " d smallint unsigned, e mediumint, f mediumint unsigned, g int, h int unsigned, i bigint,"
        + " j bigint unsigned, k decimal(10,2), l decimal(65,30), m float, n double, o bit(1),"
        + " p bit(12), q bit(64), r tinyint(1), s year, t decimal(5,0) unsigned, u int(5) zerofill,"
        + " v boolean)",
    "CREATE TABLE site.texts (id int PRIMARY KEY, a char(10), b varchar(20), c tinytext, d text,"
        + " e mediumtext, f longtext, g varchar(300) CHARACTER SET latin1, h text CHARACTER SET utf8,"
        + " i char(200) CHARACTER SET utf8mb4, j enum('a','b''c','ü\\\\,x'), k set('x','y','z'),"
        + " l json, m varchar(20) COLLATE utf8mb4_bin, n varchar(20) CHARACTER SET utf16,"
        + " o varchar(10) CHARACTER SET ascii)",
    "CREATE TABLE site.bytes (id int PRIMARY KEY, a binary(8), b varbinary(20), c tinyblob, d blob,"
        + " e mediumblob, f longblob, g binary(1), h binary(255))",
    "CREATE TABLE site.times (id int PRIMARY KEY, a date, b datetime, c datetime(3), d datetime(6),"
        + " e timestamp NULL, f timestamp(6) NULL, g time, h time(2), i time(6), j time(4),"
        + " k datetime(1), l timestamp(3) NULL)",
    "CREATE TABLE site.names (id int PRIMARY KEY, a uuid, b inet6, c inet4)",
    "CREATE TABLE site.made (id int PRIMARY KEY, a int, b int AS (a * 2) STORED,"
        + " c int AS (a * 3) VIRTUAL, d varchar(20) AS (concat('n', a)) VIRTUAL)",
  };

  private static final String[] ROWS = {
    "INSERT INTO site.numbers VALUES (?1, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648,"
        + " 4294967295, -9223372036854775808, 18446744073709551615, -12345678.90,"
        + " -12345678901234567890123456789012345.123456789012345678901234567891, 1.1, -2.5e-300,"
        + " 1, 0xABC, 0xFFFFFFFFFFFFFFFF, 1, 1901, 99999, 42, true)",
    "INSERT INTO site.numbers VALUES (?2, 127, 0, 32767, 0, 8388607, 0, 2147483647, 0,"
        + " 9223372036854775807, 0, 0.05, 0.000000000000000000000000000001, 3.4028235e38, 1.7e308,"
        + " 0, 0, 0, 127, 0, 0, 0, false)",
    "INSERT INTO site.numbers VALUES (?3, 0, 128, -1, 32768, -1, 8388608, -1, 2147483648, -1,"
        + " 9223372036854775808, 10000000, -1, 16777217, 0.1, 1, 1, 1, -1, 2155, 1, 99999, true)",
    "INSERT INTO site.numbers (id) VALUES (?4)",
    "INSERT INTO site.texts VALUES (?1, 'char  ', 'Käse 😀😀😀😀😀😀😀 ', 'tiny', 'text\\0\\n\\'\"\\\\',"
        + " repeat('m', 70000), repeat('😀', 300000), 'latin €ÿ', 'utf8 ü', repeat('ä', 200),"
        + " 'ü\\\\,x', 'x,z', '{\"a\": [1, null]}', 'Bin', 'utf16 ü', 'ascii')",
    "INSERT INTO site.texts VALUES (?2, '', '', '', '', '', '', '', '', '', 'b''c', '', '[]', '', '',"
        + " '')",
    "INSERT INTO site.texts VALUES (?3, 'ä', repeat('😀', 20), repeat('x', 255), repeat('y', 65535),"
        + " 'z', 'z', repeat('é', 300), 'z', repeat('😀', 200), '', 'x,y,z', '\"s\"', ' b ',"
        + " '😀', '~')",
    "INSERT INTO site.texts (id) VALUES (?4)",
    "INSERT INTO site.bytes VALUES (?1, x'0001020000', x'00FF00', x'00', x'', repeat(x'00', 70000),"
        + " repeat(x'FF00', 600000), x'00', repeat(x'20', 255))",
    "INSERT INTO site.bytes VALUES (?2, '', '', '', repeat(x'01', 65535), '', '', '', '')",
    "INSERT INTO site.bytes (id) VALUES (?4)",
    "INSERT INTO site.times VALUES (?1, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00',"
        + " '0000-00-00', 0, 0, '-838:59:59', '-00:00:00.01', '-12:34:56.000001', '-01:00:00.5',"
        + " '0000-00-00', 0)",
    "INSERT INTO site.times VALUES (?2, '1000-01-01', '9999-12-31 23:59:59',"
        + " '2024-02-29 12:00:00.123', '1970-01-01 00:00:00.000001', '1970-01-01 00:00:01',"
        + " '2038-01-19 03:14:07.999999', '838:59:59', '00:00:00.99', '12:34:56.654321',"
        + " '-00:00:00.0001', '2024-10-27 02:30:00.1', '2024-10-27 00:30:00.001')",
    "INSERT INTO site.times VALUES (?3, '2024-12-31', '0001-01-01 00:00:00',"
        + " '9999-12-31 23:59:59.999', '2000-01-01 01:01:01.1', '2024-03-31 02:30:00',"
        + " '2024-07-01 12:00:00.5', '-00:00:01', '99:59:59.5', '00:00:00', '100:00:00.9999',"
        + " '2024-01-01', '2024-01-01')",
    "INSERT INTO site.times (id) VALUES (?4)",
    "INSERT INTO site.names VALUES (?1, '123e4567-e89b-12d3-a456-426655440000', '2001:db8::1',"
        + " '192.168.0.1')",
    "INSERT INTO site.names VALUES (?2, '00000000-0000-0000-0000-000000000000', '::', '0.0.0.0')",
    "INSERT INTO site.names VALUES (?3, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '::ffff:1.2.3.4',"
        + " '255.255.255.255')",
    "INSERT INTO site.names VALUES (?4, UUID(), '::1.2.3.4', '1.2.3.0'), (?5, UUID(), 'fe80::1:0:0:1',"
        + " NULL), (?6, NULL, '1:0:0:2::', NULL), (?7, '0188b4e5-9c00-7abc-8def-000000000000', '::1',"
        + " NULL), (?8, 'f47ac10b-58cc-4372-a567-0e02b2c30000', 'a:b:c:d:e:f:1:2', NULL),"
        + " (?9, '1ec9414c-232a-6b00-b3c8-9e6bdeced846', '::ffff:0:0', NULL)",
    "INSERT INTO site.made (id, a) VALUES (?1, 5), (?2, NULL), (?3, -1)",
  };

  private static MariaDb master;

  @TempDir
  private Path data;

  @BeforeAll
  static void start_a_master() {
    master = MariaDb.start("--sql-mode=", "--default-time-zone=+03:00");
  }

  @AfterAll
  static void end_the_master() {
    master.close();
  }

  @BeforeEach
  void make_the_tables() {
    master.execute("DROP DATABASE IF EXISTS site", "CREATE DATABASE site");
    master.execute(TABLES);
  }

  private static void insert(int first) {
    for (String row : ROWS) {
      String sql = row;
      for (int i = 9; i > 0; i--) {
        sql = sql.replace("?" + i, String.valueOf(first + i));
      }
      master.execute(sql);
    }
  }

  @Test
  void every_type_is_the_same_in_the_snapshot_and_by_the_binlog() {
    insert(0);
    try (Replica replica = new Replica(master.config("site"), data).awaitCaughtUp()) {
      replica.assertEqualsMaster(master);
      insert(100);
      replica.assertEqualsMaster(master);
      for (String table : new String[] {"numbers", "texts", "bytes", "times", "names"}) {
        master.execute(
            "UPDATE site." + table + " SET id = id + 1000 WHERE id IN (1, 102)",
            "DELETE FROM site." + table + " WHERE id IN (3, 4, 103)");
      }
      master.execute("UPDATE site.made SET a = a + 1");
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void tables_without_any_key_find_rows_by_all_types_of_columns() {
    for (String table : new String[] {"numbers", "texts", "bytes", "times", "names", "made"}) {
      master.execute("ALTER TABLE site." + table + " DROP PRIMARY KEY");
    }
    insert(0);
    try (Replica replica = new Replica(master.config("site"), data).awaitCaughtUp()) {
      insert(0);
      for (String table : new String[] {"numbers", "texts", "bytes", "times", "names", "made"}) {
        master.execute(
            "UPDATE site." + table + " SET id = id + 1000 WHERE id = 1 LIMIT 1",
            "DELETE FROM site." + table + " WHERE id = 2 LIMIT 1",
            "DELETE FROM site." + table + " WHERE id = 4");
      }
      replica.assertEqualsMaster(master);
    }
  }

  @Test
  void a_jdbc_program_gets_java_types() throws SQLException {
    insert(0);
    try (Replica replica = new Replica(master.config("site"), data).awaitCaughtUp();
        Connection connection = replica.read();
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("select j, r from numbers where id = 1")) {
        row.next();
        assertEquals("18446744073709551615", row.getBigDecimal("j").toPlainString());
        assertEquals(1, row.getInt("r"));
      }
      try (ResultSet row =
          statement.executeQuery("select b, e from times where id in (1, 3)" + " order by b")) {
        row.next();
        assertEquals(LocalDateTime.of(-1, 11, 30, 0, 0), row.getObject(1, LocalDateTime.class));
        row.next();
        // The master's session was three hours ahead of UTC.
        assertEquals(Instant.parse("2024-03-30T23:30:00Z"), row.getTimestamp(2).toInstant());
      }
      assertEquals(
          "Käse 😀😀😀😀😀😀😀 ", replica.text("select b from texts where b like 'KÄSE%'"));
    }
  }
}
