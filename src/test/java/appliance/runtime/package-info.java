/** Threads and lifecycles. */
@NullMarked
package appliance.runtime;

import org.jspecify.annotations.NullMarked;
