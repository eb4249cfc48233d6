/** Tests of one request and its answer. */
@NullMarked
package appliance.edge.exchange;

import org.jspecify.annotations.NullMarked;
