package appliance.edge;

/** What the edge grants a client, beside what can be configured. */
final class EdgeLimits {

  static final int PARAMETERS_MAX = 2000;

  /** How long a connection is kept without a request. */
  static final int KEEP_ALIVE_MILLIS = 65_000;

  /** How long a connection is kept without a byte, an answer's wait included. */
  static final int IDLE_MILLIS_MAX = 10 * 60_000;

  private EdgeLimits() {}
}
