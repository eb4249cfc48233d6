/** Files over real sockets, from real folders. */
@NullMarked
package appliance.files;

import org.jspecify.annotations.NullMarked;
