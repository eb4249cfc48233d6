package appliance.admin;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The admin's password: made readable, kept as {@code pbkdf2-sha256$iterations$salt$hash} (RFC 8018,
 * base64url).
 */
final class AdminPassword {

  /**
   * For a generated password: its 80 random bits are beyond guessing by themselves, and founding a
   * cluster should not wait for half a second of hashing.
   */
  public static final int ITERATIONS_GENERATED = 20_000;

  /** For one that a person chose (OWASP's number for PBKDF2 with SHA-256). */
  public static final int ITERATIONS_CHOSEN = 600_000;

  /** Longer ones are refused unseen. */
  public static final int CHARS_MAX = 200;

  /** No l, o, 0 or 1: read aloud and typed from paper. 32 letters, five bits each. */
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

  private static final int GROUPS = 4;
  private static final int GROUP_CHARS = 4;
  private static final int ITERATIONS_MAX = 10_000_000;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;
  private static final String SCHEME = "pbkdf2-sha256";

  private AdminPassword() {}

  /** Sixteen letters and digits in groups of four: {@code kx7m-2prt-9whz-q4nd}. */
  public static String generate(SecureRandom random) {
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < GROUPS * GROUP_CHARS; i++) {
      password.append(i > 0 && i % GROUP_CHARS == 0 ? "-" : "");
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }

  public static String hash(String password, int iterations, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return SCHEME
        + "$" + iterations
        + "$" + base64.encodeToString(salt)
        + "$" + base64.encodeToString(derive(password, salt, iterations));
  }

  /** Whether {@code password} is the one that {@code stored} was made of; false if that is no hash. */
  public static boolean verify(String password, String stored) {
    String[] parts = stored.split("\\$", -1);
    if (parts.length != 4 || !parts[0].equals(SCHEME) || password.length() > CHARS_MAX) {
      return false;
    }
    try {
      int iterations = Integer.parseInt(parts[1]);
      byte[] salt = Base64.getUrlDecoder().decode(parts[2]);
      byte[] hash = Base64.getUrlDecoder().decode(parts[3]);
      return iterations > 0
          && iterations <= ITERATIONS_MAX
          && salt.length > 0
          && MessageDigest.isEqual(hash, derive(password, salt, iterations));
    } catch (IllegalArgumentException e) {
      return false; // a number or base64 that is none
    }
  }

  private static byte[] derive(String password, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(spec)
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
    } finally {
      spec.clearPassword();
    }
  }
}
