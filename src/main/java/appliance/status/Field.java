package appliance.status;

/**
 * One fact that a component tells about itself, named as in the JSON status.
 *
 * <p>{@code /metrics} shows the numbers among them as {@code appliance_<section>_<name>}.
 */
public sealed interface Field {

  String name();

  /** As JSON shows it: text, number, boolean or null. */
  Object json();

  /** Words; absent from the metrics. */
  record Text(String name, String json) implements Field {}

  /** Yes or no; 1 or 0 in the metrics. */
  record Flag(String name, Boolean json) implements Field {}

  /** A number that goes up and down. */
  record Gauge(String name, Number json) implements Field {}

  /** A number that only grows while the process lives. */
  record Counter(String name, Number json) implements Field {}
}
