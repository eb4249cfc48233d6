/**
 * What lies between a socket and HTTP: who takes accepted connections, conduits that watch a client's
 * reads and writes, deadlines of an I/O thread, counted buffers. Knows XNIO and nothing of requests.
 *
 * <p>All other packages of the edge may use it; it uses none of them.
 */
@NullMarked
package appliance.edge.io;

import org.jspecify.annotations.NullMarked;
