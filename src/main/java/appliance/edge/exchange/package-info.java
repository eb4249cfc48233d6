/**
 * One request of a client and its answer, whoever gives it: its body on the way in and out, the head that
 * an application is sent, the ways in which it ends, and the {@link RequestTrace} that
 * metrics and access log are told of. All on the request's I/O thread.
 *
 * <p>Whatever answers a client uses it: {@code proxy}, {@code site}, {@code client} and the edge.
 */
@NullMarked
package appliance.edge.exchange;

import org.jspecify.annotations.NullMarked;
