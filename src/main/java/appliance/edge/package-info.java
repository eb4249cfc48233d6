/**
 * The public side of a node: listener, request hygiene, routing, balancing, health and the data path to
 * the applications, all on the I/O thread that a request arrived on.
 *
 * <p>Here is only what puts the packages beneath together; docs/ARCHITECTURE.md has a table of them. None of
 * them knows this one. The node makes an {@link Edge} and hands it {@link EdgePorts}.
 *
 * <p>Undertow reads requests and writes responses; what lies between is our own HTTP/1.1 client.
 * Static files, media and FastCGI live elsewhere and are handed in.
 */
@NullMarked
package appliance.edge;

import org.jspecify.annotations.NullMarked;
