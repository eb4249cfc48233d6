package appliance.config;

import java.time.Duration;

/**
 * How requests are shared out among the members' applications.
 *
 * @param weight this node's share, against the others' weights: 1 to {@link #WEIGHT_MAX}
 * @param localFirst requests under way from here to this node's own application up to which it is
 *     preferred to all others; 0 means never
 * @param slowStart how long a returning application's share grows to its full size; zero means at once
 */
public record BalanceConfig(
    Balance balance, int weight, int localFirst, Duration slowStart, Sticky sticky) {

  public static final int WEIGHT_MAX = 100;

  public static final BalanceConfig DEFAULTS =
      new BalanceConfig(Balance.ROUND_ROBIN, 1, 0, Duration.ofSeconds(10), Sticky.OFF);
}
