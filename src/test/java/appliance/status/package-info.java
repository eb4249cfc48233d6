/** What the status shows, and what it refuses to believe. */
@NullMarked
package appliance.status;

import org.jspecify.annotations.NullMarked;
