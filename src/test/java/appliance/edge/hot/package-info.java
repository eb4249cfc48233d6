/** Answers from memory, against real sockets. */
@NullMarked
package appliance.edge.hot;

import org.jspecify.annotations.NullMarked;
