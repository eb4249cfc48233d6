/**
 * The command line: starts a node, or talks to one that runs on this machine.
 */
@NullMarked
package appliance.cli;

import org.jspecify.annotations.NullMarked;
