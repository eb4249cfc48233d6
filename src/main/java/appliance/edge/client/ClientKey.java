package appliance.edge.client;

import java.net.InetAddress;

/** What a client is counted by. */
final class ClientKey {

  private static final int NETWORK_BYTES = 8;

  private ClientKey() {}

  /** The address in IPv4; in IPv6 its first 64 bits, as a client may have all addresses behind them. */
  static Long of(InetAddress address) {
    byte[] bytes = address.getAddress();
    long key = 0;
    for (int i = 0; i < Math.min(bytes.length, NETWORK_BYTES); i++) {
      key = (key << 8) | (bytes[i] & 0xff);
    }
    return key;
  }
}
