/** Quotas of clients and trusted proxies, against real sockets. */
@NullMarked
package appliance.edge.client;

import org.jspecify.annotations.NullMarked;
