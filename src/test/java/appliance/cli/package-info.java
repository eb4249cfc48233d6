/** The command line as a user types it. */
@NullMarked
package appliance.cli;

import org.jspecify.annotations.NullMarked;
