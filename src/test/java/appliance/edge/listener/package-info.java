/** TLS and HTTP/2, byte by byte where it matters. */
@NullMarked
package appliance.edge.listener;

import org.jspecify.annotations.NullMarked;
