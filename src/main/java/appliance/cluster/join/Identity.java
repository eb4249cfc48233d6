package appliance.cluster.join;

import appliance.config.ClusterConfig;
import appliance.model.NodeId;
import appliance.trust.Trust;

/**
 * Who this node is to those that it meets: its settings, its id, and the key that shows that it is that.
 *
 * @param trust has the key, and knows whose else are believed
 */
public record Identity(ClusterConfig config, NodeId self, Trust trust) {}
