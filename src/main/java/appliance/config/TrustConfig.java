package appliance.config;

import appliance.trust.JoinSecret;
import java.util.Optional;

/**
 * What the operator has given for the trust between nodes.
 *
 * @param secret the cluster's; without one the data folder's counts, and without that the node asks
 */
public record TrustConfig(Optional<JoinSecret> secret) {}
