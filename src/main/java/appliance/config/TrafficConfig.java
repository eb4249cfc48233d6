package appliance.config;

/** How the public's requests are shared out, and what is made of those that fail. */
public record TrafficConfig(BalanceConfig balance, HealthConfig health) {

  public static final TrafficConfig DEFAULTS =
      new TrafficConfig(BalanceConfig.DEFAULTS, HealthConfig.DEFAULTS);
}
