package appliance.edge.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A set of certificates, by the hosts they are for: an exact name wins over a wildcard, and a client that
 * asks for none of them, or for no name at all, gets the first. Immutable.
 */
final class CertificateStore implements CertificateSource {

  private final List<Certificate> all;
  private final Map<String, List<Certificate>> byName = new HashMap<>();

  /**
   * @param all in the order in which they count; of two for the same host the later end wins
   */
  CertificateStore(List<Certificate> all) {
    this.all = List.copyOf(all);
    for (Certificate certificate : all) {
      for (String name : certificate.names()) {
        byName.computeIfAbsent(name, n -> new ArrayList<>()).add(certificate);
      }
    }
    byName.values().forEach(same -> same.sort((a, b) -> b.end().compareTo(a.end())));
  }

  List<Certificate> all() {
    return all;
  }

  @Override
  public Optional<Certificate> find(@Nullable String serverName, String keyType) {
    List<Certificate> named = serverName == null ? List.of() : named(serverName);
    return (named.isEmpty() ? all : named)
        .stream().filter(c -> c.key().getAlgorithm().equals(keyType)).findFirst();
  }

  /** Whether any client is shown it: not one whose successor is there as well. */
  boolean shows(Certificate certificate) {
    return isFor(null, certificate)
        || certificate.names().stream().anyMatch(name -> isFor(name, certificate));
  }

  private boolean isFor(@Nullable String serverName, Certificate certificate) {
    return find(serverName, certificate.key().getAlgorithm())
        .filter(certificate::equals)
        .isPresent();
  }

  private List<Certificate> named(String serverName) {
    List<Certificate> exact = byName.get(serverName);
    if (exact != null) {
      return exact;
    }
    int dot = serverName.indexOf('.');
    // RFC 6125, 6.4.3: a wildcard stands for exactly one label.
    return dot < 0 ? List.of() : byName.getOrDefault("*" + serverName.substring(dot), List.of());
  }
}
