/**
 * How the applications are: active checks, ejection after failed requests, and what the cluster's view says
 * of their members, made into a {@link appliance.edge.balance.Rotation} for each site.
 *
 * <p>All state belongs to one loop; it learns of failed requests from {@code proxy} and acts on the I/O
 * threads by {@link AppPorts}. Only the edge itself uses it.
 */
@NullMarked
package appliance.edge.health;

import org.jspecify.annotations.NullMarked;
