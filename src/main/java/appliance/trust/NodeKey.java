package appliance.trust;

import appliance.model.Fingerprint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * This node's key, made once and kept in {@code DATA/identity}, and the certificate around it, which is
 * issued anew long before it ends. The key is the identity; the certificate only carries it. Any thread.
 */
final class NodeKey {

  static final String FILE = "identity";
  static final Duration LIFE = Duration.ofDays(365);

  /** A node that was off for eight months is still let in, with the certificate that it had. */
  static final Duration RENEW_BEFORE = Duration.ofDays(245);

  /** For clocks that are behind. */
  private static final Duration EARLIER = Duration.ofDays(30);

  private static final int FILE_BYTES_MAX = 64 * 1024;

  private final Path file;
  private final KeyPair keys;
  private final Fingerprint fingerprint;
  private volatile X509Certificate certificate;

  private NodeKey(Path file, KeyPair keys, X509Certificate certificate) {
    this.file = file;
    this.keys = keys;
    fingerprint = Fingerprint.of(keys.getPublic());
    this.certificate = certificate;
  }

  /** Reads the key, or makes one; the certificate is good from {@code now} on. */
  static NodeKey readOrMake(Path data, Instant now) throws IOException, GeneralSecurityException {
    Path file = data.resolve(FILE);
    if (Files.exists(file)) {
      NodeKey kept = parse(file, PrivateFile.read(file, FILE_BYTES_MAX));
      kept.renew(now);
      return kept;
    }
    KeyPair keys = SelfSigned.keys();
    NodeKey made = new NodeKey(file, keys, issue(keys, now));
    made.write();
    return made;
  }

  private static NodeKey parse(Path file, String pem) throws IOException, GeneralSecurityException {
    List<byte[]> keys = Pem.blocks(Pem.PRIVATE_KEY, pem);
    List<byte[]> certificates = Pem.blocks(Pem.CERTIFICATE, pem);
    if (keys.size() != 1 || certificates.size() != 1) {
      throw new IOException(file + " does not hold one key and its certificate");
    }
    X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(certificates.get(0)));
    PrivateKey key =
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(keys.get(0)));
    return new NodeKey(file, new KeyPair(certificate.getPublicKey(), key), certificate);
  }

  private static X509Certificate issue(KeyPair keys, Instant now) throws GeneralSecurityException {
    return SelfSigned.certificate(
        keys,
        Fingerprint.of(keys.getPublic()).brief(),
        now.minus(EARLIER),
        now.plus(LIFE),
        Der.sequence(Der.oid("2.5.29.19"), Der.yes(), Der.octets(Der.sequence())),
        Der.sequence(
            Der.oid("2.5.29.15"), Der.yes(), Der.octets(Der.bits(new byte[] {(byte) 0x80}, 7))));
  }

  /** Issues the certificate anew if it is time; connections that are open go on with the old one. */
  boolean renew(Instant now) throws IOException, GeneralSecurityException {
    boolean soon = certificate.getNotAfter().toInstant().isBefore(now.plus(RENEW_BEFORE));
    boolean early = certificate.getNotBefore().toInstant().isAfter(now);
    if (!soon && !early) {
      return false;
    }
    certificate = issue(keys, now);
    write();
    return true;
  }

  private void write() throws IOException, GeneralSecurityException {
    PrivateFile.write(
        file,
        Pem.block(Pem.PRIVATE_KEY, keys.getPrivate().getEncoded())
            + Pem.block(Pem.CERTIFICATE, certificate.getEncoded()));
  }

  Fingerprint fingerprint() {
    return fingerprint;
  }

  X509Certificate certificate() {
    return certificate;
  }

  PrivateKey key() {
    return keys.getPrivate();
  }
}
