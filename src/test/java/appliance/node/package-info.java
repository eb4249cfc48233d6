/** The data folder, and when a node is ready or drained. */
@NullMarked
package appliance.node;

import org.jspecify.annotations.NullMarked;
