/** Calls from node to node over real sockets. */
@NullMarked
package appliance.peer;

import org.jspecify.annotations.NullMarked;
