package appliance.fastcgi;

import appliance.config.AppLimits;
import appliance.config.RequestLimits;
import java.time.Duration;

/**
 * What php is granted, and what it may cost.
 *
 * @param connectionsMax open connections to php, over all threads: no more than {@code pm.max_children}.
 *     With more, the surplus waits in php's backlog without harm; with fewer, children stay unused
 * @param queueMax requests waiting for one, over all threads
 */
public record FastCgiLimits(int connectionsMax, int queueMax, Times times, Sizes sizes) {

  public static final FastCgiLimits DEFAULTS =
      of(AppLimits.DEFAULTS, RequestLimits.DEFAULTS.bodyTimeMax());

  /** What is configured, and how long a client is waited for, for each 8 KiB of a body. */
  public static FastCgiLimits of(AppLimits apps, Duration clientBody) {
    AppLimits.Timeouts timeouts = apps.timeouts();
    return new FastCgiLimits(
        apps.phpConnections(),
        apps.queue().requests(),
        new Times(
            timeouts.connect(),
            apps.queue().timeout(),
            Duration.ofSeconds(5),
            timeouts.response(),
            timeouts.idle(),
            timeouts.total(),
            Duration.ofSeconds(1),
            clientBody),
        Sizes.DEFAULTS);
  }

  public FastCgiLimits {
    if (connectionsMax < 1 || queueMax < 0) {
      throw new IllegalArgumentException("limits that let nothing through");
    }
  }

  /**
   * How long something may take.
   *
   * @param connect to open a connection
   * @param queue to wait for a free connection
   * @param restart to wait while php refuses connections, as it does during its restart
   * @param firstByte from the request's last written byte to the first of the answer
   * @param idle without a byte in either direction, once the answer has begun or while php takes a body
   * @param total from the request's first byte to the last of the answer; zero: no limit
   * @param keepAlive how long an unused connection is kept; it occupies one of php's children
   * @param clientBody that the client is waited for, for each 8 KiB of a request's body
   */
  public record Times(
      Duration connect,
      Duration queue,
      Duration restart,
      Duration firstByte,
      Duration idle,
      Duration total,
      Duration keepAlive,
      Duration clientBody) {}

  /**
   * How large something may be, in bytes.
   *
   * @param head the header block that php sends
   * @param spool one request body without a length, which php cannot take as a stream
   * @param spooled all such bodies together, on disk
   */
  public record Sizes(int head, long spool, long spooled) {

    public static final Sizes DEFAULTS = new Sizes(64 * 1024, 1L << 30, 4L << 30);

    public Sizes {
      if (head < 256) {
        throw new IllegalArgumentException("no head of php fits");
      }
    }
  }
}
