/** Commands as typed. */
@NullMarked
package appliance.cli;

import org.jspecify.annotations.NullMarked;
