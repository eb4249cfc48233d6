/** HTTP on the wire, without a socket: byte by byte. */
@NullMarked
package appliance.edge.http;

import org.jspecify.annotations.NullMarked;
