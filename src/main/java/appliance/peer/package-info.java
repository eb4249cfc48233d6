/**
 * The one endpoint for calls from node to node: an HTTP server on the port above the cluster port, and
 * the client for it.
 *
 * <p>Capabilities register {@link appliance.model.PeerRoute}s; none of them sees a socket.
 */
@NullMarked
package appliance.peer;

import org.jspecify.annotations.NullMarked;
