package appliance.model;

/**
 * Whether something works, and if not, why: never one without the other.
 *
 * @param reason for an operator to read; empty when healthy
 */
public record Health(boolean healthy, String reason) {

  public static final Health HEALTHY = new Health(true, "");

  public Health {
    if (healthy != reason.isEmpty()) {
      throw new IllegalArgumentException("unhealthy needs a reason, healthy has none: " + reason);
    }
  }

  public static Health unhealthy(String reason) {
    return new Health(false, reason);
  }
}
