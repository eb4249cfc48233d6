package appliance.edge.tls;

import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A certificate that this node can prove to be its own.
 *
 * @param chain the certificate first, then those that lead to its authority
 * @param key of the first one
 * @param origin where it came from, for the operator
 */
public record Certificate(List<X509Certificate> chain, PrivateKey key, String origin) {

  private static final int DNS_NAME = 2;

  /** Certbot and others renew when a third is left. */
  private static final int LIFE_PARTS = 6;

  private static final Duration LATE_MAX = Duration.ofDays(14);

  public Certificate {
    chain = List.copyOf(chain);
  }

  /** The hosts it is for, in lower case: {@code example.org}, {@code *.example.org}. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = chain.get(0).getSubjectAlternativeNames();
      for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (Integer.valueOf(DNS_NAME).equals(name.get(0))) {
          names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateParsingException e) {
      throw new IllegalStateException("a certificate that was read has readable names", e);
    }
    return names;
  }

  /** Whether clients take it now, by its dates and this machine's clock. */
  boolean valid() {
    Instant now = Instant.now();
    return !now.isBefore(chain.get(0).getNotBefore().toInstant()) && !now.isAfter(end());
  }

  /** Whether who renews it is late: two weeks before its end, or a sixth of its life if that is shorter. */
  boolean endsSoon(Instant now) {
    Duration life = Duration.between(chain.get(0).getNotBefore().toInstant(), end());
    Duration late = life.dividedBy(LIFE_PARTS);
    return now.isAfter(end().minus(late.compareTo(LATE_MAX) < 0 ? late : LATE_MAX));
  }

  public Instant end() {
    return chain.get(0).getNotAfter().toInstant();
  }

  /** Without the key. */
  @Override
  public String toString() {
    return origin + " for " + String.join(", ", names()) + " until " + end();
  }
}
