/** Tests of the right to acknowledge a write. */
@NullMarked
package appliance.edge.write;

import org.jspecify.annotations.NullMarked;
