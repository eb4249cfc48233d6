/**
 * The composition root: builds every component, starts them in order, closes them in reverse.
 *
 * <p>The only place where capabilities meet.
 */
@NullMarked
package appliance.node;

import org.jspecify.annotations.NullMarked;
