package appliance.config;

import java.time.Duration;

/**
 * How much one client's address may have at once. An IPv6 client counts by its network of 64 bits.
 *
 * @param connections open ones; 0: as many as it likes
 * @param requests in {@code per}, all of which may come at once; 0: as many as it likes
 */
public record ClientQuota(int connections, int requests, Duration per) {

  public static final ClientQuota NONE = new ClientQuota(0, 0, Duration.ofSeconds(1));
}
