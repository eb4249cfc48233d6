package appliance.edge.upstream;

import appliance.config.RequestLimits;
import java.time.Duration;

/**
 * What the edge grants an application.
 *
 * @param connect to open a connection
 * @param firstByte from the request's last written byte to the first of the answer
 * @param idle without a byte in either direction, once the answer has begun
 * @param tunnelIdle without a byte in either direction of an upgraded connection
 * @param queue to wait for a free connection
 * @param keepAlive how long an unused connection is kept
 * @param connectionsMax open connections, per application and I/O thread
 * @param waitingMax requests waiting for one, per application and I/O thread
 * @param clientBody that a client is waited for, for each 8 KiB of a request's body
 */
public record UpstreamLimits(
    Duration connect,
    Duration firstByte,
    Duration idle,
    Duration tunnelIdle,
    Duration queue,
    Duration keepAlive,
    int connectionsMax,
    int waitingMax,
    Duration clientBody) {

  /** What is granted where nothing is configured. */
  public static final UpstreamLimits DEFAULTS = new UpstreamLimits(
      Duration.ofSeconds(2),
      Duration.ofSeconds(60),
      Duration.ofSeconds(60),
      Duration.ofMinutes(10),
      Duration.ofSeconds(15),
      Duration.ofSeconds(30),
      256,
      2048,
      RequestLimits.DEFAULTS.bodyTimeMax());

  public UpstreamLimits withClientBody(Duration time) {
    return new UpstreamLimits(
        connect, firstByte, idle, tunnelIdle, queue, keepAlive, connectionsMax, waitingMax, time);
  }
}
