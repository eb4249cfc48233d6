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

  /** The same fact of two components of one kind. */
  Field plus(Field other);

  /** Words; absent from the metrics. */
  record Text(String name, String json) implements Field {

    @Override
    public Field plus(Field other) {
      String more = String.valueOf(other.json());
      boolean told = more.isEmpty() || ("; " + json + "; ").contains("; " + more + "; ");
      return told ? this : new Text(name, json.isEmpty() ? more : json + "; " + more);
    }
  }

  /** Yes or no; 1 or 0 in the metrics. */
  record Flag(String name, Boolean json) implements Field {

    @Override
    public Field plus(Field other) {
      return json ? this : other;
    }
  }

  /** A number that goes up and down. */
  record Gauge(String name, Number json) implements Field {

    @Override
    public Field plus(Field other) {
      return other.json() instanceof Number more ? new Gauge(name, sum(json, more)) : this;
    }
  }

  /** A number that only grows while the process lives. */
  record Counter(String name, Number json) implements Field {

    @Override
    public Field plus(Field other) {
      return other.json() instanceof Number more ? new Counter(name, sum(json, more)) : this;
    }
  }

  private static Number sum(Number one, Number other) {
    return one.longValue() + other.longValue();
  }
}
