/** Tests of how applications are reached. */
@NullMarked
package appliance.edge.upstream;

import org.jspecify.annotations.NullMarked;
