/**
 * The access log: one line for each request of the public, written by a thread of its own, so that no
 * disk ever holds up a request. Called by the edge, of which it knows nothing.
 */
@NullMarked
package appliance.edge.log;

import org.jspecify.annotations.NullMarked;
