/** Tests of what is held of answers. */
@NullMarked
package appliance.buffer;

import org.jspecify.annotations.NullMarked;
