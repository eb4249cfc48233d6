/**
 * Fixtures of the tests: real processes, real servers, honest clients. What belongs to one test only
 * stays with that test.
 */
@NullMarked
package appliance.testing;

import org.jspecify.annotations.NullMarked;
