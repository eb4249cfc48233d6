package appliance.media;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The identity of a content: its SHA-256, 32 bytes, without an array's overhead. */
record Sha256(long a, long b, long c, long d) implements Comparable<Sha256> {

  static final int BYTES = 32;

  static Sha256 of(byte[] content) {
    return finished(digest(), content);
  }

  private static Sha256 finished(MessageDigest digest, byte[] last) {
    digest.update(last);
    return from(digest.digest());
  }

  /** A fresh digest of this kind. */
  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static Sha256 from(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Sha256(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /**
   * Reads 64 hexadecimal digits.
   *
   * @throws IllegalArgumentException if {@code hex} is anything else
   */
  static Sha256 parse(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new IllegalArgumentException("not a SHA-256");
    }
    return from(HexFormat.of().parseHex(hex));
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(a)
        .putLong(b)
        .putLong(c)
        .putLong(d)
        .array();
  }

  @Override
  public int compareTo(Sha256 other) {
    return java.util.Arrays.compareUnsigned(bytes(), other.bytes());
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
