package appliance.trust;

import appliance.model.Fingerprint;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.3 between two keys, each shown by its holder: one kind for members, which takes trusted keys
 * only, and one for those who do not know each other yet. Any thread.
 */
public final class Tls {

  static final String[] PROTOCOLS = {"TLSv1.3"};

  private static final int SESSIONS_MAX = 100;

  private final SSLContext context;
  private final KeyCheck check;
  private final Refusals refusals;

  Tls(NodeKey key, KeyCheck check, Refusals refusals) throws GeneralSecurityException {
    this.check = check;
    this.refusals = refusals;
    OneKey own = new OneKey(key.key(), () -> List.of(key.certificate()));
    context = SSLContext.getInstance("TLSv1.3");
    context.init(new KeyManager[] {own}, new TrustManager[] {check}, null);
    context.getServerSessionContext().setSessionCacheSize(SESSIONS_MAX);
    context.getClientSessionContext().setSessionCacheSize(SESSIONS_MAX);
  }

  public SSLContext context() {
    return context;
  }

  Refusals refusals() {
    return refusals;
  }

  /** Nothing older than 1.3, and on both sides a certificate. */
  SSLParameters parameters() {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setNeedClientAuth(true);
    return parameters;
  }

  boolean hasRefused(SSLEngine engine) {
    return check.hasRefused(engine);
  }

  /**
   * Who is at the other end, looked up anew: a session that was resumed has passed no check, and a key
   * that was good when the connection was made may not be now.
   *
   * @throws SSLException if it is nobody to talk to; counted
   */
  public Fingerprint peer(SSLSession session, InetAddress from) throws SSLException {
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
        return check.check(certificate, from);
      }
      throw new SSLPeerUnverifiedException("no X.509 certificate");
    } catch (CertificateException e) {
      throw new SSLException(e.getMessage(), e);
    }
  }
}
