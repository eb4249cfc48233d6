/**
 * How nodes meet before they share anything: the doorbell that answers, the search that asks, who is let
 * in, and whether a node joins, returns or founds. What rings is a stranger until it has proven the secret or
 * someone has approved it. Of the node's own cluster it sees a {@code Membership}, not the session; only {@code
 * appliance.cluster} uses it.
 */
@NullMarked
package appliance.cluster.join;

import org.jspecify.annotations.NullMarked;
