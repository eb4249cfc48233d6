package appliance.replication;

import java.util.Arrays;
import java.util.BitSet;

/** Reads the numbers of a binlog event from its bytes, and never past their end. */
final class ByteReader {

  private final byte[] bytes;
  private int at;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  int position() {
    return at;
  }

  byte[] bytes(long length) {
    int start = at;
    skip(length);
    return Arrays.copyOfRange(bytes, start, at);
  }

  void skip(long length) {
    if (length < 0 || length > bytes.length - at) {
      throw new UnsupportedChange("an event ends within a value");
    }
    at += (int) length;
  }

  /** Unsigned, least byte first, up to eight bytes. */
  long little(int length) {
    int start = at;
    skip(length);
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = (value << 8) | (bytes[start + i] & 0xFF);
    }
    return value;
  }

  /** Unsigned, greatest byte first, up to eight bytes. */
  long big(int length) {
    int start = at;
    skip(length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = (value << 8) | (bytes[start + i] & 0xFF);
    }
    return value;
  }

  /** A length-encoded integer. */
  long packed() {
    int first = (int) little(1);
    return switch (first) {
      case 251, 255 -> throw new UnsupportedChange("an event has a malformed number");
      case 252 -> little(2);
      case 253 -> little(3);
      case 254 -> little(8);
      default -> first;
    };
  }

  BitSet bits(int count) {
    return BitSet.valueOf(bytes((count + 7) / 8)).get(0, count);
  }
}
