/**
 * Requests on their way to an application: {@link Forward} makes attempt after attempt
 * as long as that can do no harm, an {@link UpstreamProtocol} makes one - by HTTP/1.1,
 * within this process, or by another member's relay with its right to write. Also the relay's own side, and
 * upgraded connections.
 *
 * <p>Whom to ask is handed in ({@code balance}); who is told of failures, too ({@code health}).
 */
@NullMarked
package appliance.edge.proxy;

import org.jspecify.annotations.NullMarked;
