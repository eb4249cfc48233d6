/** The appliance: N plain machines, one website. {@code docs/ARCHITECTURE.md} draws the house. */
@NullMarked
package appliance;

import org.jspecify.annotations.NullMarked;
