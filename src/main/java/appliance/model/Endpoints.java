package appliance.model;

import java.net.URI;
import java.util.Optional;

/**
 * Where a node can be reached, as it tells the others when it joins.
 *
 * @param cluster where JGroups listens
 * @param peer where calls from node to node are answered
 * @param relay where other nodes' edges reach this node's application, should it listen on loopback
 * @param http where the public is served
 * @param app this node's application, if it has one
 * @param weight its share of the requests, against the other nodes' weights: 1 to 100
 */
public record Endpoints(
    HostPort cluster, HostPort peer, HostPort relay, HostPort http, Optional<URI> app, int weight) {

  /** Of an application with a share like any other. */
  public Endpoints(
      HostPort cluster, HostPort peer, HostPort relay, HostPort http, Optional<URI> app) {
    this(cluster, peer, relay, http, app, 1);
  }
}
