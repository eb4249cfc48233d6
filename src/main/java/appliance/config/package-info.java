/**
 * What an operator may set: one record per area with its defaults, read from flags, environment and
 * file, every problem reported at once.
 *
 * <p>Knows no capability; each capability is given its own record.
 */
@NullMarked
package appliance.config;

import org.jspecify.annotations.NullMarked;
