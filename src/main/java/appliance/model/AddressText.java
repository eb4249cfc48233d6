package appliance.model;

import java.net.InetAddress;

/** Addresses in the one form that RFC 5952 has for each, which others compare them with. */
public final class AddressText {

  private static final int GROUPS = 8;

  private AddressText() {}

  /** Such as {@code 192.0.2.1} or {@code 2001:db8::1}, without a zone. */
  public static String of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != 2 * GROUPS) {
      return address.getHostAddress();
    }
    int from = -1;
    int zeros = 1; // a single one is written out
    for (int at = 0; at < GROUPS; at++) {
      int run = zeros(bytes, at);
      if (run > zeros) {
        from = at;
        zeros = run;
      }
    }
    return from < 0
        ? groups(bytes, 0, GROUPS)
        : groups(bytes, 0, from) + "::" + groups(bytes, from + zeros, GROUPS);
  }

  /** How many groups from {@code from} on are zero. */
  private static int zeros(byte[] bytes, int from) {
    int at = from;
    while (at < GROUPS && group(bytes, at) == 0) {
      at++;
    }
    return at - from;
  }

  private static String groups(byte[] bytes, int from, int end) {
    StringBuilder text = new StringBuilder(39);
    for (int at = from; at < end; at++) {
      text.append(at == from ? "" : ":").append(Integer.toHexString(group(bytes, at)));
    }
    return text.toString();
  }

  private static int group(byte[] bytes, int at) {
    return (bytes[2 * at] & 0xff) << 8 | (bytes[2 * at + 1] & 0xff);
  }
}
