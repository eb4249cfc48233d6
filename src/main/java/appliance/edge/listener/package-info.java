/**
 * The ports: what is done with a connection from its acceptance to the first byte of a request. Plain, TLS
 * with HTTP/1.1 or HTTP/2 by ALPN, with the guards against HTTP/2's floods, and the relay's port.
 *
 * <p>Only the edge itself opens and closes ports.
 */
@NullMarked
package appliance.edge.listener;

import org.jspecify.annotations.NullMarked;
