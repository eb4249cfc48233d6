package appliance.admin;

import appliance.trust.Der;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes the admin's own certificate for this machine, valid for ten years. */
final class SelfSigned {

  private static final Duration LIFE = Duration.ofDays(3650);

  /** For clocks that are behind. */
  private static final Duration EARLIER = Duration.ofDays(1);

  private static final int ADDRESSES_MAX = 50;

  private SelfSigned() {}

  static ServerCertificate make(Instant now) throws GeneralSecurityException {
    KeyPair keys = appliance.trust.SelfSigned.keys();
    String host = HostNames.own();
    X509Certificate certificate = appliance.trust.SelfSigned.certificate(
        keys, host, now.minus(EARLIER), now.plus(LIFE), extensions(host));
    return new ServerCertificate(keys.getPrivate(), List.of(certificate));
  }

  private static byte[][] extensions(String host) {
    byte[] noAuthority = Der.sequence();
    byte[] digitalSignature = Der.bits(new byte[] {(byte) 0x80}, 7);
    byte[] serverAuth = Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"));
    return new byte[][] {
      Der.sequence(Der.oid("2.5.29.19"), Der.yes(), Der.octets(noAuthority)),
      Der.sequence(Der.oid("2.5.29.15"), Der.yes(), Der.octets(digitalSignature)),
      Der.sequence(Der.oid("2.5.29.37"), Der.octets(serverAuth)),
      Der.sequence(Der.oid("2.5.29.17"), Der.octets(alternatives(host)))
    };
  }

  private static byte[] alternatives(String host) {
    List<byte[]> names = new ArrayList<>();
    for (String name : List.of(host, "localhost").stream().distinct().toList()) {
      names.add(Der.implicit(2, name.getBytes(StandardCharsets.US_ASCII)));
    }
    addresses().forEach(address -> names.add(Der.implicit(7, address.getAddress())));
    return Der.sequence(names.toArray(byte[][]::new));
  }

  private static List<InetAddress> addresses() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .limit(ADDRESSES_MAX)
          .toList();
    } catch (SocketException e) {
      return List.of(InetAddress.getLoopbackAddress()); // the names and the fingerprint remain
    }
  }
}
