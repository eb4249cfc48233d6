<<<<<<< HEAD
/**
 * Fixtures of the tests: real processes, real servers, honest clients. What belongs to one test only
 * stays with that test.
 */
=======
/** Fixtures that tests of several packages share. */
>>>>>>> replication
@NullMarked
package appliance.testing;

import org.jspecify.annotations.NullMarked;
