/**
 * Threads and lifecycles: what starts, what runs on its own thread, what ends, and the exit codes.
 *
 * <p>Knows no capability. Everything that owns a thread takes it from here.
 */
@NullMarked
package appliance.runtime;

import org.jspecify.annotations.NullMarked;
