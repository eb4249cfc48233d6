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
 * @param expect how many nodes must be here before a cluster is founded, this one included
 * @param witness whether this node only votes
 */
public record ClusterConfig(
    String cluster,
    String node,
    Path data,
    String bind,
    int port,
    List<HostPort> peers,
    FailoverConfig failover,
    int expect,
    boolean witness) {

  public static final int PORT_DEFAULT = 7800;

  /** Offsets of the ports above {@code port}. */
  public static final int PEER_PORT_OFFSET = 1;

  public static final int RELAY_PORT_OFFSET = 2;
  public static final int REPLICA_PORT_OFFSET = 5;

  /** The most nodes that a founding can wait for: as many as can be members. */
  public static final int EXPECT_MAX = 64;

  public ClusterConfig {
    peers = List.copyOf(peers);
  }

  /** A node that serves, and founds as soon as nobody answers. */
  public ClusterConfig(
      String cluster, String node, Path data, String bind, int port, List<HostPort> peers) {
    this(cluster, node, data, bind, port, peers, FailoverConfig.DEFAULTS, 1, false);
  }

  public HostPort address() {
    return new HostPort(bind, port);
  }
}
