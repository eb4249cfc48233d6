package appliance.edge.upstream;

import appliance.config.AppLimits;
import appliance.config.RequestLimits;
import java.time.Duration;

/**
 * What the edge grants an application.
 *
 * @param connect to open a connection
 * @param firstByte from the request's last written byte to the first of the answer
 * @param idle without a byte in either direction, once the answer has begun
 * @param total from the request's first byte to the last of the answer; zero: no limit
 * @param tunnelIdle without a byte in either direction of an upgraded connection
 * @param queue to wait for a free connection
 * @param keepAlive how long an unused connection is kept
 * @param connectionsMax open connections, per application and I/O thread
 * @param waitingMax requests waiting for one, per application and I/O thread
 * @param clientBody that a client is waited for, for each 8 KiB of a request's body
 * @param abort whether requests that wait, and reads under way, are given up when their client goes away
 */
public record UpstreamLimits(
    Duration connect,
    Duration firstByte,
    Duration idle,
    Duration total,
    Duration tunnelIdle,
    Duration queue,
    Duration keepAlive,
    int connectionsMax,
    int waitingMax,
    Duration clientBody,
    boolean abort) {

  /** What is granted where nothing is configured, from two I/O threads. */
  public static final UpstreamLimits DEFAULTS = of(AppLimits.DEFAULTS, 2);

  /** What is configured, shared out to {@code threads} I/O threads. */
  public static UpstreamLimits of(AppLimits apps, int threads) {
    AppLimits.Timeouts timeouts = apps.timeouts();
    return new UpstreamLimits(
        timeouts.connect(),
        timeouts.response(),
        timeouts.idle(),
        timeouts.total(),
        Duration.ofMinutes(10),
        apps.queue().timeout(),
        Duration.ofSeconds(30),
        Math.max(1, apps.connections() / threads),
        -Math.floorDiv(-apps.queue().requests(), threads),
        RequestLimits.DEFAULTS.bodyTimeMax(),
        apps.abort());
  }

  public UpstreamLimits withClientBody(Duration time) {
    return new UpstreamLimits(
        connect,
        firstByte,
        idle,
        total,
        tunnelIdle,
        queue,
        keepAlive,
        connectionsMax,
        waitingMax,
        time,
        abort);
  }
}
