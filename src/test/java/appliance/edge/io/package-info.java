/** Quiet clients, against real sockets. */
@NullMarked
package appliance.edge.io;

import org.jspecify.annotations.NullMarked;
