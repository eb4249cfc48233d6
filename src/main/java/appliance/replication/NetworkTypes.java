package appliance.replication;

import java.util.StringJoiner;
import java.util.UUID;

/** MariaDB's UUID, INET4 and INET6 as rows hold them. */
final class NetworkTypes {

  private static final int GROUPS = 8;

  private NetworkTypes() {}

  /**
   * MariaDB stores UUIDs with their groups in reverse order, so that time-based ones sort by node and
   * time; those of version 6 and above, which sort by themselves, as they are. Reversed, the variant
   * lies in byte 6 and the version in byte 8.
   */
  static UUID uuid(byte[] stored) {
    boolean reversed = (stored[6] & 0x80) != 0 && stored[8] > 0 && stored[8] < 0x60;
    if (!reversed) {
      return new UUID(BinlogValue.half(stored, 0), BinlogValue.half(stored, 8));
    }
    byte[] uuid = new byte[16];
    System.arraycopy(stored, 12, uuid, 0, 4);
    System.arraycopy(stored, 10, uuid, 4, 2);
    System.arraycopy(stored, 8, uuid, 6, 2);
    System.arraycopy(stored, 6, uuid, 8, 2);
    System.arraycopy(stored, 0, uuid, 10, 6);
    return new UUID(BinlogValue.half(uuid, 0), BinlogValue.half(uuid, 8));
  }

  static String inet4(byte[] address) {
    StringJoiner text = new StringJoiner(".");
    for (byte part : address) {
      text.add(String.valueOf(part & 0xFF));
    }
    return text.toString();
  }

  /** As MariaDB prints it: the longest run of zero groups cut out, embedded IPv4 in dots. */
  static String inet6(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ((address[2 * i] & 0xFF) << 8) | (address[2 * i + 1] & 0xFF);
    }
    int gap = -1;
    int gapLength = 0;
    for (int i = 0; i < GROUPS; i++) {
      int length = 0;
      while (i + length < GROUPS && groups[i + length] == 0) {
        length++;
      }
      if (length > gapLength) {
        gap = i;
        gapLength = length;
      }
    }
    return print(address, groups, gap, gapLength);
  }

  private static String print(byte[] address, int[] groups, int gap, int gapLength) {
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < GROUPS) {
      if (i == gap) {
        text.append(i == 0 ? "::" : ":");
        i += gapLength;
        continue;
      }
      boolean embedded =
          i == 6 && gap == 0 && (gapLength == 6 || (gapLength == 5 && groups[5] == 0xFFFF));
      if (embedded) {
        return text.append(inet4(new byte[] {address[12], address[13], address[14], address[15]}))
            .toString();
      }
      text.append(Integer.toHexString(groups[i])).append(i == GROUPS - 1 ? "" : ":");
      i++;
    }
    return text.toString();
  }
}
