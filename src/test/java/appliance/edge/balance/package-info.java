/** The choice among applications; sticky clients against real sockets. */
@NullMarked
package appliance.edge.balance;

import org.jspecify.annotations.NullMarked;
