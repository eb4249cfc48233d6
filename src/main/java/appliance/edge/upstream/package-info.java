/**
 * The applications as this edge reaches them: {@link App}, the pooled connections
 * of each I/O thread to it, TLS to other members' relays, and why an attempt failed. {@link
 * IoThreadContext} is all that one I/O thread has to itself.
 *
 * <p>Bytes only: what is sent on a connection is the business of {@code exchange} and {@code proxy}. Who is
 * chosen is decided in {@code balance}.
 */
@NullMarked
package appliance.edge.upstream;

import org.jspecify.annotations.NullMarked;
