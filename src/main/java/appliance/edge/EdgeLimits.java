package appliance.edge;

/** What the edge grants a client. */
final class EdgeLimits {

  static final long BODY_BYTES_MAX = 1L << 30;
  static final int HEAD_BYTES_MAX = 32 * 1024;
  static final int HEADERS_MAX = 100;
  static final int PARAMETERS_MAX = 2000;

  /** From a head's first byte to its last. */
  static final int HEAD_MILLIS_MAX = 15_000;

  /** How long a connection is kept without a request. */
  static final int KEEP_ALIVE_MILLIS = 65_000;

  /** How long a connection is kept without a byte, an answer's wait included. */
  static final int IDLE_MILLIS_MAX = 10 * 60_000;

  private EdgeLimits() {}
}
