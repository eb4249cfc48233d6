/**
 * What applications answer with, compressed on its way to the client where a site wants that. Only the edge that
 * the client met does it, never a relay.
 *
 * <p>{@code Compression} is put before a site's applications by {@code PublicSites}; nothing here is touched for a
 * site that does not want it.
 */
@NullMarked
package appliance.edge.compression;

import org.jspecify.annotations.NullMarked;
