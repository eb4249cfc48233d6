package appliance.fastcgi;

import java.time.Duration;

/**
 * What php is granted, and what it may cost.
 *
 * @param connectionsMax open connections to php, over all threads: set it to {@code pm.max_children}.
 *     With more, the surplus waits in php's backlog without harm; with fewer, children stay unused
 * @param queueMax requests waiting for one, over all threads
 * @param connect to open a connection
 * @param queue to wait for a free connection
 * @param restart to wait while php refuses connections, as it does during its restart
 * @param firstByte from the request's last written byte to the first of the answer
 * @param idle without a byte in either direction, once the answer has begun or while a body is sent
 * @param keepAlive how long an unused connection is kept; it occupies one of php's children
 * @param headBytesMax of the header block that php sends
 * @param parameterBytesMax of all parameters of a request, as they go to php
 * @param spoolBytesMax of one request body without a length, which php cannot take as a stream
 * @param spooledBytesMax of all such bodies together, on disk
 */
public record FastCgiLimits(
    int connectionsMax,
    int queueMax,
    Duration connect,
    Duration queue,
    Duration restart,
    Duration firstByte,
    Duration idle,
    Duration keepAlive,
    int headBytesMax,
    int parameterBytesMax,
    long spoolBytesMax,
    long spooledBytesMax) {

  public static final FastCgiLimits DEFAULTS = new FastCgiLimits(
      8,
      2048,
      Duration.ofSeconds(2),
      Duration.ofSeconds(30),
      Duration.ofSeconds(5),
      Duration.ofSeconds(60),
      Duration.ofSeconds(60),
      Duration.ofSeconds(10),
      64 * 1024,
      256 * 1024,
      1L << 30,
      4L << 30);

  public FastCgiLimits {
    if (connectionsMax < 1 || queueMax < 0 || headBytesMax < 256 || parameterBytesMax < 4096) {
      throw new IllegalArgumentException("limits that let nothing through");
    }
  }

  public FastCgiLimits withConnectionsMax(int max) {
    return new FastCgiLimits(
        max,
        queueMax,
        connect,
        queue,
        restart,
        firstByte,
        idle,
        keepAlive,
        headBytesMax,
        parameterBytesMax,
        spoolBytesMax,
        spooledBytesMax);
  }

  public FastCgiLimits withQueue(int max, Duration wait) {
    return new FastCgiLimits(
        connectionsMax,
        max,
        connect,
        wait,
        restart,
        firstByte,
        idle,
        keepAlive,
        headBytesMax,
        parameterBytesMax,
        spoolBytesMax,
        spooledBytesMax);
  }

  public FastCgiLimits withRestart(Duration wait) {
    return new FastCgiLimits(
        connectionsMax,
        queueMax,
        connect,
        queue,
        wait,
        firstByte,
        idle,
        keepAlive,
        headBytesMax,
        parameterBytesMax,
        spoolBytesMax,
        spooledBytesMax);
  }

  public FastCgiLimits withSilence(Duration first, Duration later) {
    return new FastCgiLimits(
        connectionsMax,
        queueMax,
        connect,
        queue,
        restart,
        first,
        later,
        keepAlive,
        headBytesMax,
        parameterBytesMax,
        spoolBytesMax,
        spooledBytesMax);
  }

  public FastCgiLimits withSpool(long bodyBytesMax, long allBytesMax) {
    return new FastCgiLimits(
        connectionsMax,
        queueMax,
        connect,
        queue,
        restart,
        firstByte,
        idle,
        keepAlive,
        headBytesMax,
        parameterBytesMax,
        bodyBytesMax,
        allBytesMax);
  }
}
