/**
 * Files on disk, answered over HTTP: found safely below one folder, with conditions, ranges, encodings
 * and a small memory of the hot ones.
 *
 * <p>Knows Undertow's exchange but not who routes to it. What is not here goes to the handler it was
 * given; where a missing file may be fetched from is a function it was given.
 */
@NullMarked
package appliance.files;

import org.jspecify.annotations.NullMarked;
