/** The admin over real connections: who may see, who may command, who answers. */
@NullMarked
package appliance.admin;

import org.jspecify.annotations.NullMarked;
