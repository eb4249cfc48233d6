package appliance.replication;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * DECIMAL as rows hold it: groups of nine digits in four bytes each, greatest first, a shorter group
 * at each end; the first bit turned over, and all bits of a negative number.
 */
final class BinlogDecimal {

  private static final int GROUP = 9;
  private static final int[] BYTES_BY_DIGITS = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};

  private BinlogDecimal() {}

  static BigDecimal read(ByteReader in, int precision, int scale) {
    int whole = precision - scale;
    int length = size(whole) + size(scale);
    byte[] bytes = in.bytes(length);
    boolean negative = (bytes[0] & 0x80) == 0;
    bytes[0] ^= (byte) 0x80;
    if (negative) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ~bytes[i];
      }
    }
    ByteReader digits = new ByteReader(bytes);
    BigInteger value = group(digits, BigInteger.ZERO, whole % GROUP);
    value = groups(digits, value, whole / GROUP);
    value = groups(digits, value, scale / GROUP);
    value = group(digits, value, scale % GROUP);
    return new BigDecimal(negative ? value.negate() : value, scale);
  }

  private static int size(int digits) {
    return digits / GROUP * 4 + BYTES_BY_DIGITS[digits % GROUP];
  }

  private static BigInteger groups(ByteReader in, BigInteger value, int count) {
    BigInteger read = value;
    for (int i = 0; i < count; i++) {
      read = group(in, read, GROUP);
    }
    return read;
  }

  private static BigInteger group(ByteReader in, BigInteger value, int digits) {
    return value
        .multiply(BigInteger.TEN.pow(digits))
        .add(BigInteger.valueOf(in.big(BYTES_BY_DIGITS[digits])));
  }
}
