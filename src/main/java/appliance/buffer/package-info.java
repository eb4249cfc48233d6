/**
 * Answers that applications have given and clients have not taken yet: held outside the heap, so that a slow
 * client keeps no connection of an application, and no child of php, for longer than the answer takes to be made;
 * and for how long applications wait for their clients all the same.
 *
 * <p>Knows no capability; those that pass answers on share it.
 */
@NullMarked
package appliance.buffer;

import org.jspecify.annotations.NullMarked;
