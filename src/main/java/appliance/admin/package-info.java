/**
 * The web admin UI and the JSON API of a node, on a small listener of their own.
 *
 * <p>{@code /healthz}, {@code /metrics} and {@code /api/status} are answered by every node itself;
 * the UI's pages, its sessions and its commands by the master, or by this node while there is none.
 * Requests are whole and small: both the listener and the route between nodes make a {@code Request}
 * of what comes, and every answer is a {@code Response}. Sees its ports and {@code status}, no
 * capability.
 */
@NullMarked
package appliance.admin;

import org.jspecify.annotations.NullMarked;
