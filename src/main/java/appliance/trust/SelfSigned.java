package appliance.trust;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;

/**
 * Makes certificates that no authority vouches for (RFC 5280; EC P-256). Written out by hand: the library
 * for it costs a node's first start more than everything else that it does with keys.
 */
public final class SelfSigned {

  private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));

  private SelfSigned() {}

  public static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
    return generator.generateKeyPair();
  }

  /**
   * @param name the common name of subject and issuer
   * @param extensions each an Extension of RFC 5280, 4.1
   */
  public static X509Certificate certificate(
      KeyPair keys, String name, Instant from, Instant until, byte[]... extensions)
      throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    byte[] names = Der.sequence(attribute("2.5.4.10", "appliance"), attribute("2.5.4.3", name));
    byte[] body = Der.sequence(
        Der.tagged(0, Der.integer(BigInteger.TWO)), // version 3
        Der.integer(new BigInteger(127, random)),
        ECDSA_SHA256,
        names,
        Der.sequence(Der.time(from), Der.time(until)),
        names,
        keys.getPublic().getEncoded(),
        Der.tagged(3, Der.sequence(extensions)));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate(), random);
    signature.update(body);
    byte[] whole = Der.sequence(body, ECDSA_SHA256, Der.bits(signature.sign(), 0));
    return (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] attribute(String type, String value) {
    return Der.set(Der.sequence(Der.oid(type), Der.text(value)));
  }
}
