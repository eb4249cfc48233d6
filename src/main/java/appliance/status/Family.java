package appliance.status;

import java.util.List;

/**
 * A metric with labels, for {@code /metrics} alone. Labels have few values, none of which a stranger can
 * choose.
 *
 * @param name without {@code appliance_}, in snake case
 * @param help one line
 */
public record Family(String name, String help, Kind kind, List<Sample> samples) {

  public Family {
    samples = List.copyOf(samples);
  }

  /** As Prometheus names them. */
  public enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }
}
