/** Fixtures: the real things that tests run against, started and ended by them. */
@NullMarked
package appliance.testing;

import org.jspecify.annotations.NullMarked;
