package appliance.admin;

import appliance.trust.OneKey;
import appliance.trust.Pem;
import appliance.trust.PrivateFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * The certificate of the admin's HTTPS, kept with its key in {@code DATA/admin.pem}. Made by itself
 * and renewed a year before it ends; an operator may put another one there, of any authority.
 */
record ServerCertificate(PrivateKey key, List<X509Certificate> chain) {

  static final String FILE = "admin.pem";
  static final Duration RENEW_BEFORE = Duration.ofDays(365);

  private static final int FILE_BYTES_MAX = 256 * 1024;
  private static final int CONNECTIONS_REMEMBERED_MAX = 200;

  ServerCertificate {
    chain = List.copyOf(chain);
  }

  static ServerCertificate readOrMake(Path dataFolder, Instant now)
      throws IOException, GeneralSecurityException {
    Path file = dataFolder.resolve(FILE);
    if (Files.exists(file)) {
      ServerCertificate kept = parse(PrivateFile.read(file, FILE_BYTES_MAX));
      if (!kept.isOwn() || kept.end().isAfter(now.plus(RENEW_BEFORE))) {
        return kept;
      }
    }
    ServerCertificate made = SelfSigned.make(now);
    PrivateFile.write(file, made.pem());
    return made;
  }

  /** The SHA-256 of the certificate as browsers show it: hex in capitals, with colons. */
  String fingerprint() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(chain.get(0).getEncoded());
      return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be hashed", e);
    }
  }

  boolean isOwn() {
    X509Certificate own = chain.get(0);
    return own.getIssuerX500Principal().equals(own.getSubjectX500Principal());
  }

  Instant end() {
    return chain.get(0).getNotAfter().toInstant();
  }

  /** Built by hand: a key store would first encrypt the key, and an absent list of authorities would
   * load all of the JDK's, some megabytes that a server without client certificates has no use for. */
  SSLContext sslContext() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new OneKey(key, () -> chain)}, new TrustManager[0], null);
    context.getServerSessionContext().setSessionCacheSize(CONNECTIONS_REMEMBERED_MAX);
    return context;
  }

  private String pem() throws GeneralSecurityException {
    StringBuilder pem = new StringBuilder(Pem.block(Pem.PRIVATE_KEY, key.getEncoded()));
    for (X509Certificate certificate : chain) {
      pem.append(Pem.block(Pem.CERTIFICATE, certificate.getEncoded()));
    }
    return pem.toString();
  }

  static ServerCertificate parse(String pem) throws GeneralSecurityException {
    List<byte[]> keys = Pem.blocks(Pem.PRIVATE_KEY, pem);
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] der : Pem.blocks(Pem.CERTIFICATE, pem)) {
      chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(der)));
    }
    if (chain.isEmpty() || keys.size() != 1) {
      throw new CertificateException("it needs one PRIVATE KEY (PKCS #8) and a CERTIFICATE");
    }
    String algorithm = chain.get(0).getPublicKey().getAlgorithm();
    PrivateKey key =
        KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(keys.get(0)));
    return new ServerCertificate(key, chain);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return chain.get(0).getSubjectX500Principal() + " until " + Date.from(end());
  }
}
