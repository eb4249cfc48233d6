/**
 * The nouns that every package shares: who is in the cluster, who is its master, how a call between
 * nodes looks.
 *
 * <p>Imports only {@code java.*} and holds no threads, no I/O and no configuration.
 */
@NullMarked
package appliance.model;

import org.jspecify.annotations.NullMarked;
