package appliance.config;

/** How the public's requests are shared out, what is made of those that fail, and what is told. */
public record TrafficConfig(BalanceConfig balance, HealthConfig health, AccessLogConfig accessLog) {

  public static final TrafficConfig DEFAULTS =
      new TrafficConfig(BalanceConfig.DEFAULTS, HealthConfig.DEFAULTS, AccessLogConfig.OFF);
}
