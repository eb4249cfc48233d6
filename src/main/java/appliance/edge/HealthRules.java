package appliance.edge;

import java.time.Duration;

/**
 * When an application counts as healthy.
 *
 * @param path what is asked of it
 * @param interval between two checks
 * @param timeout of one check
 * @param fall failed checks in a row that take a healthy one out
 * @param rise good checks in a row that bring one back; a new one needs a single one
 * @param failures failed requests in a row that take it out for {@code ejection}
 * @param ejection how long the first time; each further one in a row doubles it, up to ten times
 */
record HealthRules(
    String path,
    Duration interval,
    Duration timeout,
    int fall,
    int rise,
    int failures,
    Duration ejection) {

  static HealthRules defaults(String path) {
    return new HealthRules(
        path, Duration.ofSeconds(1), Duration.ofSeconds(2), 3, 2, 5, Duration.ofSeconds(30));
  }
}
