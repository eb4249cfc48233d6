package appliance.edge.tls;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the certificates for handshakes come from. Asked for each handshake, on a worker thread, so that
 * a new certificate is used from the next connection on; must not block.
 */
@FunctionalInterface
public interface CertificateSource {

  /**
   * The certificate for the server name of a handshake.
   *
   * @param serverName as the client asked for it (RFC 6066, section 3), in lower case; null if it did not
   * @param keyType the algorithm that the client can verify: {@code RSA} or {@code EC}
   * @return empty if there is none: the handshake fails, unless another key type is found
   */
  Optional<Certificate> find(@Nullable String serverName, String keyType);
}
