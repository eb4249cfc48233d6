/**
 * What a node tells about itself: each component registers one source by name, and the API, the UI,
 * the CLI and {@code /metrics} all read the same.
 */
@NullMarked
package appliance.status;

import org.jspecify.annotations.NullMarked;
