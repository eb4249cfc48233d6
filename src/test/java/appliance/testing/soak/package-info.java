/**
 * Hours of mixed load on three real nodes while they and their php-fpm are restarted and drained: what
 * {@code scripts/soak} runs. No test class; knows the rest of the harness, and nobody knows it.
 */
@NullMarked
package appliance.testing.soak;

import org.jspecify.annotations.NullMarked;
