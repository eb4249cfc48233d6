package appliance.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a node's key is known by: the SHA-256 of its public key (SubjectPublicKeyInfo, RFC 5280), the same
 * over every renewal of the certificate around it.
 *
 * @param hex 64 hexadecimal digits in lower case
 */
public record Fingerprint(String hex) implements Comparable<Fingerprint> {

  public static final int BYTES = 32;

  private static final int BRIEF_DIGITS = 16;
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  public Fingerprint {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a fingerprint: " + hex);
    }
  }

  public static Fingerprint of(PublicKey key) {
    try {
      return of(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public static Fingerprint of(byte[] hash) {
    return new Fingerprint(HexFormat.of().formatHex(hash));
  }

  /**
   * Reads it as people copy it: capitals and the separators of other programs do not matter.
   *
   * @throws IllegalArgumentException if it is not a whole fingerprint
   */
  public static Fingerprint parse(String text) {
    return new Fingerprint(digits(text));
  }

  /** Whether this is the one that {@code text}, at least 16 digits of it, begins. */
  public boolean begins(String text) {
    String digits = digits(text);
    return digits.length() >= BRIEF_DIGITS && hex.startsWith(digits);
  }

  private static String digits(String text) {
    return text.strip().toLowerCase(Locale.ROOT).replaceAll("[:\\s-]", "");
  }

  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /** Enough of it to tell keys apart in a log. */
  public String brief() {
    return hex.substring(0, BRIEF_DIGITS);
  }

  @Override
  public int compareTo(Fingerprint other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
