/** Tests of the access log's lines and files. */
@NullMarked
package appliance.edge.log;

import org.jspecify.annotations.NullMarked;
