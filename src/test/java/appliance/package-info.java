/** Rules for the whole code base: its directions, fences, sizes and words. */
@NullMarked
package appliance;

import org.jspecify.annotations.NullMarked;
