package appliance.config;

import java.time.Duration;

/**
 * How the public's requests are shared out, what is made of those that fail, and what is told.
 *
 * @param drainTime how long a node that drains waits for running requests
 */
public record TrafficConfig(
    BalanceConfig balance,
    HealthConfig health,
    AccessLogConfig accessLog,
    ClientQuota quota,
    Duration drainTime) {

  public static final TrafficConfig DEFAULTS = new TrafficConfig(
      BalanceConfig.DEFAULTS,
      HealthConfig.DEFAULTS,
      AccessLogConfig.OFF,
      ClientQuota.NONE,
      Duration.ofMinutes(10));
}
