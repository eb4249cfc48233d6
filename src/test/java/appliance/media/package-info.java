/** The media folder's guarantees, on real folders, with several nodes in one process. */
@NullMarked
package appliance.media;

import org.jspecify.annotations.NullMarked;
