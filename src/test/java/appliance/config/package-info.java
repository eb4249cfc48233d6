/** What an operator may write, and what is said to what is wrong. */
@NullMarked
package appliance.config;

import org.jspecify.annotations.NullMarked;
