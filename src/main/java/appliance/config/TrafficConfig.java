package appliance.config;

import java.time.Duration;
import java.util.Set;

/**
 * How the public's requests are shared out, what is made of those that fail, and what is told.
 *
 * @param drainTime how long a node that drains waits for running requests
 * @param writeMethods the methods of requests that may change something, and so need a master
 */
public record TrafficConfig(
    BalanceConfig balance,
    HealthConfig health,
    AccessLogConfig accessLog,
    ClientQuota quota,
    Duration drainTime,
    Set<String> writeMethods) {

  public static final Set<String> WRITE_METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");

  public TrafficConfig {
    writeMethods = Set.copyOf(writeMethods);
  }

  /** With the methods that write by RFC 9110. */
  public TrafficConfig(
      BalanceConfig balance,
      HealthConfig health,
      AccessLogConfig accessLog,
      ClientQuota quota,
      Duration drainTime) {
    this(balance, health, accessLog, quota, drainTime, WRITE_METHODS);
  }

  public static final TrafficConfig DEFAULTS = new TrafficConfig(
      BalanceConfig.DEFAULTS,
      HealthConfig.DEFAULTS,
      AccessLogConfig.OFF,
      ClientQuota.NONE,
      Duration.ofMinutes(10));
}
