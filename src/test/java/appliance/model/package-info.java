/** The nouns' own checks. */
@NullMarked
package appliance.model;

import org.jspecify.annotations.NullMarked;
