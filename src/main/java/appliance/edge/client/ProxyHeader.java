package appliance.edge.client;

import appliance.config.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The header of the PROXY protocol, version 1 or 2, which a load balancer puts before a connection's
 * first byte (haproxy.org, proxy-protocol.txt).
 *
 * @param client where the connection came from
 * @param server where the client meant it to go
 */
record ProxyHeader(InetSocketAddress client, InetSocketAddress server) {

  static final int BYTES_MAX = 16 + 4096;

  private static final int V1_BYTES_MAX = 107;
  private static final int V2_HEAD_BYTES = 16;
  private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] V2 = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };
  private static final int V2_TCP4 = 0x11;
  private static final int V2_TCP6 = 0x21;

  /**
   * How many bytes to read next, so that none beyond the header is: 0 once it is whole.
   *
   * @throws IOException if it is none
   */
  static int missing(byte[] bytes, int length) throws IOException {
    if (length < V2.length) {
      return V2.length - length;
    }
    if (Arrays.equals(bytes, 0, V2.length, V2, 0, V2.length)) {
      if (length < V2_HEAD_BYTES) {
        return V2_HEAD_BYTES - length;
      }
      int whole = V2_HEAD_BYTES + (ByteBuffer.wrap(bytes).getShort(14) & 0xffff);
      require(whole <= BYTES_MAX);
      return whole - length;
    }
    require(Arrays.equals(bytes, 0, V1.length, V1, 0, V1.length) && length <= V1_BYTES_MAX);
    return bytes[length - 1] == '\n' ? 0 : 1;
  }

  /**
   * Reads a whole header; empty if it names nobody, as that of a balancer's own check.
   *
   * @throws IOException if it is malformed
   */
  static Optional<ProxyHeader> parse(byte[] bytes, int length) throws IOException {
    try {
      return bytes[0] == V2[0]
          ? parseV2(ByteBuffer.wrap(bytes, 0, length))
          : parseV1(bytes, length);
    } catch (IllegalArgumentException e) {
      throw new IOException("a malformed PROXY header: " + e.getMessage(), e);
    }
  }

  private static Optional<ProxyHeader> parseV1(byte[] bytes, int length) throws IOException {
    String line = new String(bytes, 0, length, StandardCharsets.US_ASCII);
    require(line.endsWith("\r\n"));
    String[] words = line.substring(0, line.length() - 2).split(" ", -1);
    if (words[1].equals("UNKNOWN")) {
      return Optional.empty();
    }
    require(words.length == 6 && (words[1].equals("TCP4") || words[1].equals("TCP6")));
    require(words[1].equals("TCP6") == words[2].indexOf(':') >= 0);
    return Optional.of(new ProxyHeader(socket(words[2], words[4]), socket(words[3], words[5])));
  }

  private static InetSocketAddress socket(String address, String port) {
    return new InetSocketAddress(Network.address(address), Integer.parseInt(port));
  }

  private static Optional<ProxyHeader> parseV2(ByteBuffer header) throws IOException {
    int versionAndCommand = header.get(12) & 0xff;
    int family = header.get(13) & 0xff;
    require(versionAndCommand == 0x20 || versionAndCommand == 0x21);
    if (versionAndCommand == 0x20 || (family != V2_TCP4 && family != V2_TCP6)) {
      return Optional.empty();
    }
    byte[] client = new byte[family == V2_TCP4 ? 4 : 16];
    byte[] server = new byte[client.length];
    header.position(V2_HEAD_BYTES);
    require(header.remaining() >= 2 * client.length + 4);
    header.get(client).get(server);
    int clientPort = header.getShort() & 0xffff;
    return Optional.of(new ProxyHeader(
        new InetSocketAddress(InetAddress.getByAddress(client), clientPort),
        new InetSocketAddress(InetAddress.getByAddress(server), header.getShort() & 0xffff)));
  }

  private static void require(boolean holds) throws IOException {
    if (!holds) {
      throw new IOException("no PROXY header");
    }
  }
}
