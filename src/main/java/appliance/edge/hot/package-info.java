/**
 * Answers of small files from memory, before there is an exchange: learned from an answer that went the
 * long way, given again to requests that are plain enough, one buffer set for each I/O thread.
 *
 * <p>The files offer what may be kept; the listeners put {@link HotReads} into their
 * connections. Knows neither sites nor applications.
 */
@NullMarked
package appliance.edge.hot;

import org.jspecify.annotations.NullMarked;
