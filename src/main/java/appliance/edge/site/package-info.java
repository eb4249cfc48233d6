/**
 * What belongs to one website: which hosts are its own, what it never serves, redirects, rewrites, TLS
 * only, its error pages, and who answers for it.
 *
 * <p>The edge builds one chain of handlers for each site from it; the node hands in each site's files and
 * application as {@link SiteContent}.
 */
@NullMarked
package appliance.edge.site;

import org.jspecify.annotations.NullMarked;
