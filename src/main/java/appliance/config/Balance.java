package appliance.config;

/**
 * How a request's application is chosen among those that are ready.
 *
 * @param header the header whose value is hashed, if {@code method} is {@code HEADER}; else empty
 */
public record Balance(Method method, String header) {

  /** In turn, which is exactly even among equals. */
  public static final Balance ROUND_ROBIN = new Balance(Method.ROUND_ROBIN, "");

  /** The known ways to choose. */
  public enum Method {
    ROUND_ROBIN,
    /** The one with the fewest requests under way from this node, by its weight. */
    LEAST_CONNECTIONS,
    /** The better of two at random, by latency and requests under way. */
    LATENCY,
    /** Always the same for a client's address, as long as it is ready. */
    CLIENT,
    /** Always the same for the value of a header. */
    HEADER
  }
}
