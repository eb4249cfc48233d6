/**
 * HTTP on the wire, as the RFCs have it: heads and bodies of requests and answers, the chunked coding,
 * WebSocket frames, and what a request must be to be served at all. Everything here is strict, bounded
 * and without I/O of its own; {@link StrictReads} sits in a client's connection and looks on.
 *
 * <p>All other packages of the edge may use it; it uses none of them.
 */
@NullMarked
package appliance.edge.http;

import org.jspecify.annotations.NullMarked;
