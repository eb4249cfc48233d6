package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.GtidPosition;
import appliance.testing.Seed;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes and words of the master become values, or are refused; nothing in between. */
final class DecodingTest {

  @ParameterizedTest
  @CsvSource({
    "14, 4, 810DFB38D204D2, 1234567890.1234",
    "14, 4, 7EF204C72DFB2D, -1234567890.1234",
    "5, 0, 8186A0, 100000",
    "2, 2, 85, 0.05",
    "1, 0, 76, -9",
  })
  void decimals(int precision, int scale, String hex, String value) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertEquals(
        value, BinlogDecimal.read(new ByteReader(bytes), precision, scale).toPlainString());
  }

  @Test
  void a_value_that_ends_early_is_refused() {
    assertThrows(UnsupportedChange.class, () -> new ByteReader(new byte[3]).little(4));
    assertThrows(UnsupportedChange.class, () -> new ByteReader(new byte[3]).bytes(-1));
    assertThrows(
        UnsupportedChange.class, () -> BinlogDecimal.read(new ByteReader(new byte[1]), 14, 4));
  }

  @Test
  void random_bytes_never_do_more_than_poison() {
    long seed = Seed.next();
    Random random = new Random(seed);
    TableDefinition table = new TableDefinition(
        "t",
        true,
        List.of(
            column("int", "INTEGER", ColumnKind.INTEGER),
            column("varchar", "VARCHAR(20)", ColumnKind.TEXT),
            column("datetime", "TIMESTAMP(6)", ColumnKind.DATETIME),
            column("decimal", "DECIMAL(14,4)", ColumnKind.DECIMAL)),
        List.of(),
        List.of());
    TableMapEventData map = new TableMapEventData();
    map.setColumnTypes(new byte[] {3, 15, 18, (byte) 246});
    map.setColumnMetadata(new int[] {0, 80, 6, 4 << 8 | 14});
    for (int i = 0; i < 20_000; i++) {
      byte[] body = new byte[random.nextInt(60)];
      random.nextBytes(body);
      if (body.length > 9) {
        body[8] = 4;
      }
      try {
        new RowsEvent(EventType.UPDATE_ROWS, body).forEach(table, map, (before, after) -> {});
      } catch (UnsupportedChange expected) {
        assertTrue(expected.getMessage() != null, "seed " + seed);
      } catch (java.sql.SQLException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static ColumnDefinition column(String type, String replicaType, ColumnKind kind) {
    return new ColumnDefinition(
        type, kind, type, type, replicaType, false, 0, "utf8mb4", false, true, false, List.of());
  }

  @Test
  void zero_dates_are_the_day_their_fields_count_to_and_broken_ones_are_refused() {
    assertEquals(LocalDate.of(-1, 11, 30), Temporals.parseDate("0000-00-00"));
    assertEquals(
        LocalDateTime.of(-1, 11, 30, 0, 0), Temporals.parseDatetime("0000-00-00 00:00:00.000"));
    assertThrows(UnsupportedChange.class, () -> Temporals.parseDate("2024-00-15"));
    assertThrows(UnsupportedChange.class, () -> Temporals.parseDate("2024-02-31"));
    assertEquals("-00:00:00.01", Temporals.time(true, 0, 0, 0, 10_000, 2));
    assertEquals("838:59:59", Temporals.time(false, 838, 59, 59, 0, 0));
  }

  @Test
  void text_is_decoded_strictly_and_latin1_has_no_holes() {
    byte[] holes = {(byte) 0x80, (byte) 0x81, (byte) 0xE9};
    assertEquals("€\u0081é", Charsets.decode("latin1", holes));
    assertEquals("😀", Charsets.decode("utf8mb4", "😀".getBytes(StandardCharsets.UTF_8)));
    assertThrows(
        UnsupportedChange.class, () -> Charsets.decode("utf8mb4", new byte[] {(byte) 0xFF}));
    assertThrows(UnsupportedChange.class, () -> Charsets.decode("ascii", new byte[] {(byte) 0x80}));
  }

  @Test
  void labels_keep_quotes_commas_and_backslashes() {
    assertEquals(
        List.of("a", "it's", "b,c", "d\\", ""),
        ColumnTypes.labels("enum('a','it''s','b,c','d\\\\','')"));
  }

  @Test
  void privileges_come_from_roles_patterns_and_all() {
    assertEquals(
        List.of(),
        new Privileges(
                List.of("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"))
            .missing("site"));
    assertEquals(
        List.of(),
        new Privileges(List.of(
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `r`@`%` IDENTIFIED BY ''",
                "GRANT SELECT, INSERT ON `my\\_si%`.* TO `r`@`%`"))
            .missing("my_site"));
    assertEquals(
        List.of("BINLOG MONITOR", "SELECT on `site`.*"),
        new Privileges(List.of(
                "GRANT REPLICATION SLAVE ON *.* TO `r`@`%`",
                "GRANT SELECT ON `site`.`one` TO `r`@`%`", "GRANT SELECT ON `other`.* TO `r`@`%`"))
            .missing("site"));
  }

  @Test
  void the_lag_is_the_age_of_the_first_position_not_reached() {
    AtomicLong now = new AtomicLong();
    LagMeter lag = new LagMeter(
        new Master(new appliance.config.DatabaseConfig(
            new appliance.model.HostPort("127.0.0.1", 1), "u", "p", "s")),
        now::get);
    GtidPosition one = GtidPosition.parse("0-1-1");
    GtidPosition two = GtidPosition.parse("0-1-2");
    assertEquals(-1, lag.lagMillis(one));
    lag.answered(one, one);
    assertEquals(0, lag.lagMillis(one));
    now.set(1_000_000_000L);
    lag.answered(two, one);
    now.set(1_500_000_000L);
    assertEquals(500, lag.lagMillis(one));
    assertEquals(0, lag.lagMillis(two));
    now.set(9_000_000_000L);
    assertEquals(8_000, lag.lagMillis(two));
  }
}
