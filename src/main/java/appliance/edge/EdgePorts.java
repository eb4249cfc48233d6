package appliance.edge;

import appliance.model.HostPort;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the edge has of the rest of its node.
 *
 * @param relay where other nodes' edges bring their writes for this node's application, and all their
 *     requests if it does not speak HTTP or listens on loopback only
 * @param fence the cluster as this node knows it, and this node's right to write
 * @param application this node's application if it does not speak HTTP
 * @param stickyKey what the cluster has under {@link StickyKey#SETTING}
 */
public record EdgePorts(
    HostPort relay,
    WriteFence fence,
    Optional<LocalApplication> application,
    Supplier<Optional<String>> stickyKey) {}
