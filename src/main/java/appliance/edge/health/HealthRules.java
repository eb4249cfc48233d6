package appliance.edge.health;

import appliance.config.HealthConfig;
import appliance.config.SiteConfig;
import appliance.edge.upstream.App;
import appliance.model.HealthQuestion;
import appliance.model.HostPort;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * When an application counts as healthy.
 *
 * @param path what is asked of it, if the operator says so; see {@link HealthConfig#path}
 * @param interval between two checks
 * @param timeout of one check
 * @param fall failed checks in a row that take a healthy one out
 * @param rise good checks in a row that bring one back; a new one needs a single one
 * @param failures failed requests in a row that take it out for {@code ejection}; 0 means that none do
 * @param ejection how long the first time; each further one in a row adds as much, up to ten times
 * @param statuses of its answers, from 500 on, that count as a failed request
 * @param host that it is asked for; empty: its own address
 */
public record HealthRules(
    Optional<String> path,
    Duration interval,
    Duration timeout,
    int fall,
    int rise,
    int failures,
    Duration ejection,
    Set<Integer> statuses,
    String host) {

  public HealthRules {
    statuses = Set.copyOf(statuses);
  }

  /** What {@code app} is asked. */
  HealthQuestion question(App app) {
    String own = new HostPort(app.address.getHostString(), app.address.getPort()).toString();
    return new HealthQuestion(host.isEmpty() ? own : host, path.orElse(HealthConfig.PATH), timeout);
  }

  /** The same for a site. */
  public HealthRules of(SiteConfig site) {
    String first = site.hosts().stream()
        .filter(one -> !one.equals("*"))
        .findFirst()
        .map(one -> one.startsWith("*.") ? one.substring(2) : one)
        .orElse("");
    return new HealthRules(
        site.healthPath(), interval, timeout, fall, rise, failures, ejection, statuses, first);
  }

  /** Of applications that are asked for by their own address. */
  public static HealthRules of(HealthConfig config) {
    return new HealthRules(
        config.path(),
        config.interval(),
        config.timeout(),
        config.checks().fall(),
        config.checks().rise(),
        config.ejection().failures(),
        config.ejection().time(),
        config.ejection().statuses(),
        "");
  }
}
