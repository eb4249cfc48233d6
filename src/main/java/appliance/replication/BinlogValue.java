package appliance.replication;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * Reads one value of a row event into the form its column has in the replica.
 *
 * <p>The formats are those of MariaDB's log_event.cc and the Field classes' pack(). The library's own
 * decoder loses signs, trailing zeros, zero dates and microseconds, so only its framing is used.
 */
final class BinlogValue {

  private static final int TINY = 1;
  private static final int SHORT = 2;
  private static final int LONG = 3;
  private static final int FLOAT = 4;
  private static final int DOUBLE = 5;
  private static final int TIMESTAMP = 7;
  private static final int LONGLONG = 8;
  private static final int INT24 = 9;
  private static final int DATE = 10;
  private static final int TIME = 11;
  private static final int DATETIME = 12;
  private static final int YEAR = 13;
  private static final int NEWDATE = 14;
  private static final int VARCHAR = 15;
  private static final int BIT = 16;
  private static final int TIMESTAMP2 = 17;
  private static final int DATETIME2 = 18;
  private static final int TIME2 = 19;
  private static final int NEWDECIMAL = 246;
  private static final int ENUM = 247;
  private static final int SET = 248;
  private static final int BLOB = 252;
  private static final int STRING = 254;

  private BinlogValue() {}

  /** Whether a TABLE_MAP that says {@code type} can be of this column. */
  static boolean fits(ColumnDefinition column, int type, int meta) {
    return switch (column.dataType()) {
      case "tinyint" -> type == TINY;
      case "smallint" -> type == SHORT;
      case "mediumint" -> type == INT24;
      case "int" -> type == LONG;
      case "bigint" -> type == LONGLONG;
      case "year" -> type == YEAR;
      case "decimal" -> type == NEWDECIMAL;
      case "float" -> type == FLOAT;
      case "double" -> type == DOUBLE;
      case "bit" -> type == BIT;
      case "date" -> type == DATE || type == NEWDATE;
      case "datetime" -> type == DATETIME2 || type == DATETIME;
      case "timestamp" -> type == TIMESTAMP2 || type == TIMESTAMP;
      case "time" -> type == TIME2 || type == TIME;
      case "varchar", "varbinary" -> type == VARCHAR;
      case "enum" -> type == STRING && meta >> 8 == ENUM;
      case "set" -> type == STRING && meta >> 8 == SET;
      case "char", "binary", "uuid", "inet4", "inet6" ->
        type == STRING && meta >> 8 != ENUM && meta >> 8 != SET;
      default -> type == BLOB;
    };
  }

  static Object read(ByteReader in, ColumnDefinition column, int type, int meta) {
    return switch (type) {
      case TINY -> integer(in, 1, column);
      case SHORT -> integer(in, 2, column);
      case INT24 -> integer(in, 3, column);
      case LONG -> integer(in, 4, column);
      case LONGLONG -> integer(in, 8, column);
      case YEAR -> year(in);
      case FLOAT -> Float.intBitsToFloat((int) in.little(4));
      case DOUBLE -> Double.longBitsToDouble(in.little(8));
      case NEWDECIMAL -> BinlogDecimal.read(in, meta & 0xFF, meta >> 8);
      case BIT -> bit(in, column, (meta >> 8) + ((meta & 0xFF) > 0 ? 1 : 0));
      case DATE, NEWDATE -> date(in);
      case DATETIME -> oldDatetime(in);
      case TIMESTAMP -> Temporals.timestamp(in.little(4), 0);
      case TIME -> oldTime(in);
      case DATETIME2 -> datetime(in, meta);
      case TIMESTAMP2 -> Temporals.timestamp(in.big(4), micros(in, meta));
      case TIME2 -> time(in, meta);
      case VARCHAR -> string(column, in.bytes(in.little(meta > 255 ? 2 : 1)));
      case BLOB -> string(column, in.bytes(in.little(meta)));
      case STRING -> fixed(in, column, meta);
      default -> throw new UnsupportedChange("the event type " + type + " is not known");
    };
  }

  private static Object integer(ByteReader in, int length, ColumnDefinition column) {
    long value = in.little(length);
    if (column.kind() == ColumnKind.UNSIGNED_LONG) {
      return new BigDecimal(Long.toUnsignedString(value));
    }
    int unused = 64 - 8 * length;
    return column.unsigned() ? value : (value << unused) >> unused;
  }

  private static long year(ByteReader in) {
    long value = in.little(1);
    return value == 0 ? 0 : 1900 + value;
  }

  private static Object bit(ByteReader in, ColumnDefinition column, int length) {
    long value = in.big(length);
    return column.replicaType().equals("BIGINT")
        ? (Object) value
        : new BigDecimal(Long.toUnsignedString(value));
  }

  private static LocalDate date(ByteReader in) {
    int value = (int) in.little(3);
    return Temporals.date(value >> 9, (value >> 5) & 15, value & 31);
  }

  private static Object oldDatetime(ByteReader in) {
    long value = in.little(8);
    int date = (int) (value / 1_000_000);
    int time = (int) (value % 1_000_000);
    return Temporals.datetime(
        Temporals.date(date / 10_000, date / 100 % 100, date % 100),
        time / 10_000,
        time / 100 % 100,
        time % 100,
        0);
  }

  private static Object oldTime(ByteReader in) {
    long value = (in.little(3) << 40) >> 40;
    long positive = Math.abs(value);
    return Temporals.time(value < 0, positive / 10_000, positive / 100 % 100, positive % 100, 0, 0);
  }

  private static Object datetime(ByteReader in, int fraction) {
    long packed = in.big(5) - 0x80_0000_0000L;
    int micros = micros(in, fraction);
    long day = packed >> 17;
    int time = (int) (packed & 0x1_FFFF);
    long month = day >> 5;
    return Temporals.datetime(
        Temporals.date((int) (month / 13), (int) (month % 13), (int) (day & 31)),
        time >> 12,
        (time >> 6) & 63,
        time & 63,
        micros);
  }

  private static int micros(ByteReader in, int fraction) {
    return switch ((fraction + 1) / 2) {
      case 0 -> 0;
      case 1 -> (int) in.big(1) * 10_000;
      case 2 -> (int) in.big(2) * 100;
      default -> (int) in.big(3);
    };
  }

  /** The whole field is one signed number; below zero the fraction counts up from the next second. */
  private static Object time(ByteReader in, int fraction) {
    int extra = (fraction + 1) / 2;
    long zero = 0x80_0000L << (8 * extra);
    long packed = in.big(3 + extra) - zero;
    long positive = Math.abs(packed);
    long hms = positive >> (8 * extra);
    long rest = positive & ((1L << (8 * extra)) - 1);
    long micros = extra == 1 ? rest * 10_000 : extra == 2 ? rest * 100 : rest;
    return Temporals.time(
        packed < 0, hms >> 12, (hms >> 6) & 63, hms & 63, extra == 0 ? 0 : micros, fraction);
  }

  private static Object fixed(ByteReader in, ColumnDefinition column, int meta) {
    int real = meta >> 8;
    if (real == ENUM || real == SET) {
      return labels(column, in.little(meta & 0xFF));
    }
    // The two upper bits of a length over 255 hide, turned over, in the type.
    int length = ((((real >> 4) & 3) ^ 3) << 8) | (meta & 0xFF);
    return string(column, in.bytes(in.little(length > 255 ? 2 : 1)));
  }

  private static Object string(ColumnDefinition column, byte[] bytes) {
    return switch (column.kind()) {
      case TEXT -> Charsets.decode(column.charset(), bytes);
      case UUID -> NetworkTypes.uuid(Arrays.copyOf(bytes, 16));
      case INET4 -> NetworkTypes.inet4(Arrays.copyOf(bytes, 4));
      case INET6 -> NetworkTypes.inet6(Arrays.copyOf(bytes, 16));
      // BINARY comes without its trailing zeros.
      default -> column.length() > bytes.length ? Arrays.copyOf(bytes, column.length()) : bytes;
    };
  }

  private static String labels(ColumnDefinition column, long value) {
    int count = column.labels().size();
    if (column.kind() == ColumnKind.ENUM) {
      if (value > count) {
        throw new UnsupportedChange("column " + column.name() + " has no label " + value);
      }
      return value == 0 ? "" : column.labels().get((int) value - 1);
    }
    if (count < 64 && value >>> count != 0) {
      throw new UnsupportedChange("column " + column.name() + " has no labels " + value);
    }
    StringBuilder set = new StringBuilder();
    for (int i = 0; i < count; i++) {
      if (((value >> i) & 1) == 1) {
        set.append(set.length() == 0 ? "" : ",").append(column.labels().get(i));
      }
    }
    return set.toString();
  }

  /** For the UUID's reader. */
  static long half(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes, offset, 8).getLong();
  }
}
