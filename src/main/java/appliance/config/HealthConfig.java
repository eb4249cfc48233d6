package appliance.config;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * When an application gets no more requests, and when again.
 *
 * @param path what is asked of an application to learn whether it works, if the operator says so: then of this
 *     node's own php, too; else {@link #PATH}, and of that one nothing
 * @param interval from the end of one check to the next
 * @param timeout of one check
 * @param checks how many checks in a row turn the tide
 * @param ejection what failed requests do
 */
public record HealthConfig(
    Optional<String> path, Duration interval, Duration timeout, Checks checks, Ejection ejection) {

  public static final String PATH = "/";

  public static final HealthConfig DEFAULTS = new HealthConfig(
      Optional.empty(),
      Duration.ofSeconds(1),
      Duration.ofSeconds(2),
      Checks.DEFAULTS,
      Ejection.DEFAULTS);

  /**
   * @param fall failed checks in a row that take a healthy application out
   * @param rise good checks in a row that bring it back; a new one needs a single one
   */
  public record Checks(int fall, int rise) {

    public static final Checks DEFAULTS = new Checks(3, 2);
  }

  /**
   * @param failures failed requests in a row that take an application out; 0 means that none do
   * @param time how long the first time; each further time in a row adds as much, up to ten times
   * @param statuses of an application's answers that count as a failed request
   */
  public record Ejection(int failures, Duration time, Set<Integer> statuses) {

    public static final Ejection DEFAULTS =
        new Ejection(5, Duration.ofSeconds(30), Set.of(502, 503, 504));

    public Ejection {
      statuses = Set.copyOf(statuses);
    }
  }
}
