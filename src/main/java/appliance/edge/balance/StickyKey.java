package appliance.edge.balance;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The key that all nodes sign with which application a client stays; made once, at the founding. */
public final class StickyKey {

  /** Where the cluster keeps it. */
  public static final String SETTING = "edge.stickyKey";

  private static final int BYTES = 32;

  private StickyKey() {}

  /** Returns 256 bits in hexadecimal. */
  public static String generate(SecureRandom random) {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    return HexFormat.of().formatHex(key);
  }
}
