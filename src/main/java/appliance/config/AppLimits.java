package appliance.config;

import java.time.Duration;

/**
 * What one application is granted, whether it speaks HTTP or FastCGI.
 *
 * @param connections open at a time to one that speaks HTTP, from all I/O threads of this node together
 * @param phpConnections the same to one php-fpm: no more than its {@code pm.max_children}
 * @param abort whether requests that wait, and reads under way, are given up when their client goes away
 */
public record AppLimits(
    int connections, int phpConnections, Queue queue, Timeouts timeouts, boolean abort) {

  /** Five connections to php, as many as Debian's php-fpm has children. */
  public static final AppLimits DEFAULTS =
      new AppLimits(1024, 5, Queue.DEFAULTS, Timeouts.DEFAULTS, true);

  /**
   * While all of its connections are in use.
   *
   * @param requests that may wait for one; those beyond are refused at once
   * @param timeout that each of them may wait
   */
  public record Queue(int requests, Duration timeout) {

    public static final Queue DEFAULTS = new Queue(2048, Duration.ofSeconds(30));
  }

  /**
   * @param connect to open a connection
   * @param response from the request's last byte to the first of the answer
   * @param idle without a byte, once the answer has begun or while it takes the request
   * @param total from the request's first byte to the last of the answer; zero: no limit
   */
  public record Timeouts(Duration connect, Duration response, Duration idle, Duration total) {

    public static final Timeouts DEFAULTS = new Timeouts(
        Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ZERO);
  }
}
