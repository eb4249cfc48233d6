/**
 * What a node tells about itself, and what it knows of the others: each component registers one source
 * by name, and the API, the UI, the CLI and {@code /metrics} all read the same.
 *
 * <p>{@link appliance.status.Roster} exchanges sections between the members, {@link
 * appliance.status.ClusterStatus} makes the one object of {@code /api/status} of them. Knows no
 * capability.
 */
@NullMarked
package appliance.status;

import org.jspecify.annotations.NullMarked;
