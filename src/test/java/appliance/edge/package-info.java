/** The edge against real sockets: applications and clients are plain, so that each byte is the test's. */
@NullMarked
package appliance.edge;

import org.jspecify.annotations.NullMarked;
