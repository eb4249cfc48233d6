/**
 * Clusters of real nodes on hosts of their own (network namespaces, {@code scripts/lab}), with
 * applications that note what they were given, clients that write all the time, and the checker that
 * tells from both whether a promise was broken. Used by scenario tests, {@code scripts/chaos} and {@code
 * scripts/bench failover}.
 */
@NullMarked
package appliance.testing.lab;

import org.jspecify.annotations.NullMarked;
