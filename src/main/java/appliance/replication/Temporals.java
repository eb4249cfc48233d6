package appliance.replication;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Dates and times as H2 holds them.
 *
 * <p>MariaDB's zero date, 0000-00-00, becomes {@link #ZERO_DATE}, what its fields make when they are
 * counted on (month 0 is the December before, day 0 the last of the month before). It sorts before
 * every other date as the zero date does, and no MariaDB date looks like it. Other dates that no
 * calendar has (2024-00-15, 2024-02-31) are refused.
 */
final class Temporals {

  static final LocalDate ZERO_DATE = LocalDate.of(-1, 11, 30);
  static final LocalDateTime ZERO_DATETIME = ZERO_DATE.atStartOfDay();
  static final OffsetDateTime ZERO_TIMESTAMP = ZERO_DATETIME.atOffset(ZoneOffset.UTC);

  private Temporals() {}

  static LocalDate date(int year, int month, int day) {
    if (year == 0 && month == 0 && day == 0) {
      return ZERO_DATE;
    }
    try {
      return LocalDate.of(year, month, day);
    } catch (DateTimeException e) {
      throw new UnsupportedChange(
          String.format("the date %04d-%02d-%02d is on no calendar", year, month, day), e);
    }
  }

  static LocalDateTime datetime(LocalDate date, int hour, int minute, int second, int micros) {
    try {
      return date.atTime(LocalTime.of(hour, minute, second, micros * 1000));
    } catch (DateTimeException e) {
      throw new UnsupportedChange("a DATETIME holds no time of day", e);
    }
  }

  static OffsetDateTime timestamp(long seconds, int micros) {
    return seconds == 0 && micros == 0
        ? ZERO_TIMESTAMP
        : Instant.ofEpochSecond(seconds, micros * 1000L).atOffset(ZoneOffset.UTC);
  }

  /** As MariaDB prints it, with as many digits behind the point as the column has. */
  static String time(boolean negative, long hours, long minutes, long seconds, long micros, int f) {
    String text = String.format("%s%02d:%02d:%02d", negative ? "-" : "", hours, minutes, seconds);
    return f == 0 ? text : text + "." + String.format("%06d", micros).substring(0, f);
  }

  /** Reads {@code 2024-01-31}. */
  static LocalDate parseDate(String text) {
    return date(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
  }

  /** Reads {@code 2024-01-31 23:59:59.123456}, any number of digits behind the point. */
  static LocalDateTime parseDatetime(String text) {
    int micros = text.length() > 20 ? number((text + "000000"), 20, 26) : 0;
    return datetime(
        parseDate(text), number(text, 11, 13), number(text, 14, 16), number(text, 17, 19), micros);
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }
}
