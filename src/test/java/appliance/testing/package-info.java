/** Fixtures that tests of several packages share. */
@NullMarked
package appliance.testing;

import org.jspecify.annotations.NullMarked;
