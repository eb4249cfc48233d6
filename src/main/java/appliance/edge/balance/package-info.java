/**
 * Who gets a request: the choice among the applications that are ready, by turn, by load, by latency, by a
 * hash, by a cookie; the master alone where a host asks for it; slow start and the retry budget.
 *
 * <p>Pure decisions without I/O, made on any I/O thread from an immutable {@link
 * Rotation}, which {@code health} publishes.
 */
@NullMarked
package appliance.edge.balance;

import org.jspecify.annotations.NullMarked;
