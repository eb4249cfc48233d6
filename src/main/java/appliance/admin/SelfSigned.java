package appliance.admin;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a certificate for this machine that no authority vouches for (RFC 5280; EC P-256, ten years).
 * Written out by hand: the library for it costs a node's first start more than everything else that
 * the admin does.
 */
final class SelfSigned {

  private static final Duration LIFE = Duration.ofDays(3650);

  /** For clocks that are behind. */
  private static final Duration EARLIER = Duration.ofDays(1);

  private static final int ADDRESSES_MAX = 50;
  private static final byte[] ALGORITHM = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));

  private SelfSigned() {}

  static ServerCertificate make(Instant now) throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    KeyPair keys = generator.generateKeyPair();
    byte[] body = body(keys, HostNames.own(), now, new BigInteger(127, random));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate(), random);
    signature.update(body);
    byte[] whole = Der.sequence(body, ALGORITHM, Der.bits(signature.sign(), 0));
    X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(whole));
    return new ServerCertificate(keys.getPrivate(), List.of(certificate));
  }

  /** The part that is signed, TBSCertificate. */
  private static byte[] body(KeyPair keys, String host, Instant now, BigInteger serial) {
    byte[] name = Der.sequence(attribute("2.5.4.10", "appliance"), attribute("2.5.4.3", host));
    return Der.sequence(
        Der.tagged(0, Der.integer(BigInteger.TWO)), // version 3
        Der.integer(serial),
        ALGORITHM,
        name,
        Der.sequence(Der.time(now.minus(EARLIER)), Der.time(now.plus(LIFE))),
        name,
        keys.getPublic().getEncoded(),
        Der.tagged(3, extensions(host)));
  }

  private static byte[] attribute(String type, String value) {
    return Der.set(Der.sequence(Der.oid(type), Der.text(value)));
  }

  private static byte[] extensions(String host) {
    byte[] noAuthority = Der.sequence();
    byte[] digitalSignature = Der.bits(new byte[] {(byte) 0x80}, 7);
    byte[] serverAuth = Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"));
    return Der.sequence(
        Der.sequence(Der.oid("2.5.29.19"), Der.yes(), Der.octets(noAuthority)),
        Der.sequence(Der.oid("2.5.29.15"), Der.yes(), Der.octets(digitalSignature)),
        Der.sequence(Der.oid("2.5.29.37"), Der.octets(serverAuth)),
        Der.sequence(Der.oid("2.5.29.17"), Der.octets(alternatives(host))));
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
