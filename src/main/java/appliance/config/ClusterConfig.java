package appliance.config;

import appliance.model.HostPort;
import java.nio.file.Path;
import java.util.List;

/**
 * Who this node is and where it meets the others.
 *
 * @param cluster the cluster's name
 * @param node this node's name, unique in the cluster
 * @param data the folder for everything that must survive a restart
 * @param bind the address that other nodes reach this one at
 * @param port the first of ten ports for the cluster's traffic; JGroups listens here
 * @param peers nodes to look for; empty means multicast, unless bound to loopback
 * @param failover how this node takes part in the choice of the master
 */
public record ClusterConfig(
    String cluster,
    String node,
    Path data,
    String bind,
    int port,
    List<HostPort> peers,
    FailoverConfig failover) {

  public static final int PORT_DEFAULT = 7800;

  /** Offsets of the ports above {@code port}. */
  public static final int PEER_PORT_OFFSET = 1;

  public static final int RELAY_PORT_OFFSET = 2;
  public static final int REPLICA_PORT_OFFSET = 5;

  public ClusterConfig {
    peers = List.copyOf(peers);
  }

  public ClusterConfig(
      String cluster, String node, Path data, String bind, int port, List<HostPort> peers) {
    this(cluster, node, data, bind, port, peers, FailoverConfig.DEFAULTS);
  }

  public HostPort address() {
    return new HostPort(bind, port);
  }
}
