/**
 * Stories with real nodes from the built jar, real servers and real HTTP; each class is named as what
 * it guarantees. They need {@code target/appliance.jar} and run in Maven's {@code verify}.
 */
@NullMarked
package appliance.scenario;

import org.jspecify.annotations.NullMarked;
