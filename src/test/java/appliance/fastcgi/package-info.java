/** FastCGI against the real php-fpm, and against one that breaks every rule. */
@NullMarked
package appliance.fastcgi;

import org.jspecify.annotations.NullMarked;
