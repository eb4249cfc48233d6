package appliance.edge.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/** Reads private keys in the forms that authorities and openssl write, and proves them. */
final class PrivateKeys {

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  private PrivateKeys() {}

  /**
   * The key that belongs to {@code certified}.
   *
   * @throws GeneralSecurityException if it is broken, of another kind, or belongs to another certificate
   */
  static PrivateKey read(PemFile.Key key, PublicKey certified) throws GeneralSecurityException {
    boolean pkcs8 = key.form().equals("PRIVATE KEY");
    byte[] inner = new byte[key.der().remaining()];
    key.der().duplicate().get(inner);
    byte[] der = pkcs8 ? inner : wrapped(inner, certified);
    String algorithm = certified.getAlgorithm();
    PrivateKey read;
    try {
      read = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException(
          "the key cannot be read as the certificate's (" + algorithm + ")", e);
    }
    prove(read, certified);
    return read;
  }

  /**
   * A PKCS #1 (RFC 8017) or SEC 1 (RFC 5915) key as PKCS #8 (RFC 5208); the algorithm, the curve
   * included, is the certificate's.
   */
  private static byte[] wrapped(byte[] inner, PublicKey certified) throws GeneralSecurityException {
    byte[] algorithm = firstElement(contents(certified.getEncoded()));
    return element(SEQUENCE, VERSION_0, algorithm, element(OCTET_STRING, inner));
  }

  private static byte[] element(int tag, byte[]... parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      body.writeBytes(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    if (body.size() < 0x80) {
      whole.write(body.size());
    } else if (body.size() < 0x100) {
      whole.write(0x81);
      whole.write(body.size());
    } else {
      whole.write(0x82);
      whole.write(body.size() >> 8);
      whole.write(body.size());
    }
    whole.writeBytes(body.toByteArray());
    return whole.toByteArray();
  }

  private static byte[] contents(byte[] der) throws GeneralSecurityException {
    return Arrays.copyOfRange(der, headLength(der), der.length);
  }

  private static byte[] firstElement(byte[] der) throws GeneralSecurityException {
    int head = headLength(der);
    int length = der[1] & 0xff;
    if (length >= 0x80) {
      length = 0;
      for (int i = 2; i < head; i++) {
        length = (length << 8) | (der[i] & 0xff);
      }
    }
    return Arrays.copyOf(der, head + length);
  }

  /** The bytes of tag and length (X.690, 8.1.3). */
  private static int headLength(byte[] der) throws GeneralSecurityException {
    int head = der.length < 2 ? -1 : (der[1] & 0x80) == 0 ? 2 : 2 + (der[1] & 0x7f);
    if (head < 2 || head > 4 || head > der.length) {
      throw new GeneralSecurityException("the certificate's key is not in a known form");
    }
    return head;
  }

  private static void prove(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    byte[] sample = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(sample);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the key belongs to another certificate");
    }
  }
}
