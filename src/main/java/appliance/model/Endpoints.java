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
 */
public record Endpoints(
    HostPort cluster, HostPort peer, HostPort relay, HostPort http, Optional<URI> app) {}
