/**
 * What the edge counts and measures, written by all I/O threads without a lock.
 *
 * <p>Any package of the edge may count here; {@code EdgeSource} and {@code EdgeMetrics} read it for the
 * operator, and the balancers read {@link Latency}.
 */
@NullMarked
package appliance.edge.stats;

import org.jspecify.annotations.NullMarked;
