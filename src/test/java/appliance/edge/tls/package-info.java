@NullMarked
package appliance.edge.tls;

import org.jspecify.annotations.NullMarked;
