package appliance.trust;

import appliance.model.Fingerprint;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Takes exactly the keys that a predicate names, in certificates that are valid now. No authority, no
 * host names: the key is the identity.
 */
final class KeyCheck extends X509ExtendedTrustManager {

  /** How far two machines' clocks may differ. */
  private static final Duration TOLERANCE = Duration.ofDays(1);

  private static final int KEY_BITS = 256;

  private final Predicate<Fingerprint> accepted;
  private final Clock clock;
  private final Refusals refusals;
  private final Set<SSLEngine> refused =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  KeyCheck(Predicate<Fingerprint> accepted, Clock clock, Refusals refusals) {
    this.accepted = accepted;
    this.clock = clock;
    this.refusals = refusals;
  }

  /** Whether a handshake of this engine has ended with a refusal, which is counted then. */
  boolean hasRefused(SSLEngine engine) {
    return refused.contains(engine);
  }

  /** Counts and throws if this certificate's key is not one to talk to. */
  Fingerprint check(X509Certificate certificate, InetAddress from) throws CertificateException {
    boolean known = certificate.getPublicKey() instanceof ECPublicKey key
        && key.getParams().getCurve().getField().getFieldSize() == KEY_BITS;
    if (!known) {
      throw refused(from, Refusal.NO_TLS, "a key that is not of P-256");
    }
    Fingerprint fingerprint = Fingerprint.of(certificate.getPublicKey());
    if (!accepted.test(fingerprint)) {
      throw refused(from, Refusal.UNKNOWN_KEY, "fingerprint " + fingerprint.brief());
    }
    Instant now = clock.instant();
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.plus(TOLERANCE).isBefore(begin) || now.minus(TOLERANCE).isAfter(end)) {
      throw refused(
          from, Refusal.EXPIRED, fingerprint.brief() + ", valid from " + begin + " to " + end);
    }
    return fingerprint;
  }

  private RefusedKey refused(InetAddress from, Refusal refusal, String detail) {
    refusals.count(from, refusal, detail);
    return new RefusedKey(refusal, detail);
  }

  private void check(X509Certificate[] chain, SSLEngine engine) throws CertificateException {
    try {
      check(chain, address(engine));
    } catch (RefusedKey e) {
      refused.add(engine);
      throw e;
    }
  }

  private void check(X509Certificate @Nullable [] chain, InetAddress from)
      throws CertificateException {
    if (chain == null || chain.length == 0) {
      throw refused(from, Refusal.NO_TLS, "no certificate");
    }
    check(chain[0], from);
  }

  private static InetAddress address(@Nullable Socket socket) {
    InetAddress address = socket == null ? null : socket.getInetAddress();
    return address == null ? InetAddress.getLoopbackAddress() : address;
  }

  /** The engine's maker has given it the address in figures: nothing is looked up. */
  private static InetAddress address(SSLEngine engine) {
    String host = engine.getPeerHost();
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      return InetAddress.getLoopbackAddress();
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, address(socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain, address(socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, InetAddress.getLoopbackAddress());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain, InetAddress.getLoopbackAddress());
  }

  /** Names no authority: a client shows what it has. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
