/** Rules for the whole house: its directions, fences, sizes and words. */
@NullMarked
package appliance;

import org.jspecify.annotations.NullMarked;
