/**
 * The local copy of one schema of the master database: a consistent snapshot, then the binlog,
 * applied in the master's order to an embedded H2 database that local programs read over JDBC.
 *
 * <p>The only home of the binlog library; H2 and JDBC stay behind {@link
 * appliance.replication.Replication}. One thread owns the replica: it reads an event, applies it,
 * and stores the position in the same H2 transaction as the rows. Writing to the master is for
 * others.
 */
@NullMarked
package appliance.replication;

import org.jspecify.annotations.NullMarked;
