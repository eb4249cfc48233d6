/** Answers of applications that are compressed under way. */
@NullMarked
package appliance.edge.compression;

import org.jspecify.annotations.NullMarked;
