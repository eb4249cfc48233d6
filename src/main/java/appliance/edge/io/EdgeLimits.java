package appliance.edge.io;

/** What the edge grants a client, beside what can be configured. */
public final class EdgeLimits {

  /** Parameters in a query; more are a malformed request. */
  public static final int PARAMETERS_MAX = 2000;

  /** How long a connection is kept without a request. */
  public static final int KEEP_ALIVE_MILLIS = 65_000;

  /** How long a connection is kept without a byte, an answer's wait included. */
  public static final int IDLE_MILLIS_MAX = 10 * 60_000;

  private EdgeLimits() {}
}
