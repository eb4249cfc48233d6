package appliance.model;

import java.time.Duration;

/**
 * What an application is asked to learn whether it works.
 *
 * @param host with the port, as in a {@code Host} header
 * @param path with the query, as in a request line
 * @param time for the answer
 */
public record HealthQuestion(String host, String path, Duration time) {

  /** What it says who asks. */
  public static final String USER_AGENT = "appliance-health";
}
