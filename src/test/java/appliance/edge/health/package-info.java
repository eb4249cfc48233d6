/** Health and exclusion of applications, with time in the test's hands. */
@NullMarked
package appliance.edge.health;

import org.jspecify.annotations.NullMarked;
