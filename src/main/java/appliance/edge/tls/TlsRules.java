package appliance.edge.tls;

import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** What is spoken: TLS 1.2 and 1.3, forward secrecy and authenticated encryption only (RFC 9325). */
public final class TlsRules {

  public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /** In the order of preference. RFC 9113, 9.2.2 forbids nearly all others to HTTP/2. */
  public static final List<String> CIPHER_SUITES = List.of(
      "TLS_AES_128_GCM_SHA256",
      "TLS_AES_256_GCM_SHA384",
      "TLS_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private TlsRules() {}

  /** A context that asks {@code source} for each handshake. */
  public static SSLContext context(CertificateSource source) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      // Client certificates are not asked for: no list of authorities has to be loaded.
      context.init(new KeyManager[] {new ServerKeys(source)}, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }
}
