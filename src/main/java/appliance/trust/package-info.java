/**
 * Who belongs to the cluster, told by keys: this node's key and certificate, the join secret, the set of
 * fingerprints that this node trusts, and TLS for every connection between nodes.
 *
 * <p>On the ground floor: knows no capability. There is no authority that signs: a node is its key, and
 * what is trusted is exactly the published set. Every connection that is handed out has finished its
 * handshake and been checked against the set; a peer that leaves the set loses its connections.
 */
@NullMarked
package appliance.trust;

import org.jspecify.annotations.NullMarked;
