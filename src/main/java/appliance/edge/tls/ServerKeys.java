package appliance.edge.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a certificate for each handshake by its server name. JSSE speaks of certificates by alias, and
 * so those that were chosen are remembered until they are replaced. Thread-safe.
 */
final class ServerKeys extends X509ExtendedKeyManager {

  /** More certificates than these are not in use at once; the oldest names are looked up anew. */
  private static final int CHOSEN_MAX = 10_000;

  private final CertificateSource source;
  private final Map<String, Certificate> chosen = new ConcurrentHashMap<>();

  ServerKeys(CertificateSource source) {
    this.source = source;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    Optional<Certificate> found = source.find(serverName(engine), keyType);
    if (found.isEmpty()) {
      return null;
    }
    String alias = Integer.toHexString(System.identityHashCode(found.get())) + ":"
        + found.get().chain().get(0).getSerialNumber();
    if (chosen.size() >= CHOSEN_MAX) {
      chosen.clear();
    }
    chosen.put(alias, found.get());
    return alias;
  }

  private static @Nullable String serverName(SSLEngine engine) {
    if (!(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
      return null;
    }
    List<SNIServerName> names = session.getRequestedServerNames();
    for (SNIServerName name : names) {
      if (name instanceof SNIHostName host) {
        String ascii = host.getAsciiName().toLowerCase(Locale.ROOT);
        return ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
      }
    }
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Certificate certificate = chosen.get(alias);
    return certificate == null ? null : certificate.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Certificate certificate = chosen.get(alias);
    return certificate == null ? null : certificate.key();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return null; // handshakes are an engine's here
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
