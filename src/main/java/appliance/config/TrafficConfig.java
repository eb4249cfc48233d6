package appliance.config;

import java.time.Duration;
import java.util.Set;

/**
 * How the public's requests are shared out, what is made of those that fail, and what is told.
 *
 * @param drainTime how long a node that drains waits for running requests
 * @param writeMethods the methods of requests that may change something, and so need a master
 * @param apps what an application is granted
 */
public record TrafficConfig(
    BalanceConfig balance,
    HealthConfig health,
    AccessLogConfig accessLog,
    ClientQuota quota,
    Duration drainTime,
    Set<String> writeMethods,
    AppLimits apps) {

  public static final Set<String> WRITE_METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");

  public TrafficConfig {
    writeMethods = Set.copyOf(writeMethods);
  }

  /** With the methods that write by RFC 9110, and what applications are granted by default. */
  public TrafficConfig(
      BalanceConfig balance,
      HealthConfig health,
      AccessLogConfig accessLog,
      ClientQuota quota,
      Duration drainTime) {
    this(balance, health, accessLog, quota, drainTime, WRITE_METHODS, AppLimits.DEFAULTS);
  }

  public static final TrafficConfig DEFAULTS = new TrafficConfig(
      BalanceConfig.DEFAULTS,
      HealthConfig.DEFAULTS,
      AccessLogConfig.OFF,
      ClientQuota.NONE,
      Duration.ofMinutes(10));

  public TrafficConfig with(AppLimits other) {
    return new TrafficConfig(balance, health, accessLog, quota, drainTime, writeMethods, other);
  }
}
