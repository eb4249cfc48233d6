/**
 * What one client may have and who it is: rates, connections and requests for each connection; the PROXY
 * protocol and the headers of trusted proxies.
 *
 * <p>The listeners and the edge put it before everything else; nothing of sites or balancing is known
 * here.
 */
@NullMarked
package appliance.edge.client;

import org.jspecify.annotations.NullMarked;
