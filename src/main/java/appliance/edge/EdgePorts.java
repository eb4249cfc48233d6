package appliance.edge;

import appliance.edge.proxy.LocalApplication;
import appliance.edge.site.SiteContent;
import appliance.edge.write.WriteFence;
import appliance.model.HostPort;
import appliance.trust.Trust;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the edge has of the rest of its node.
 *
 * @param relay where other nodes' edges bring their writes for this node's application, and all their
 *     requests if it does not speak HTTP or listens on loopback only
 * @param fence the cluster as this node knows it, and this node's right to write
 * @param applications this node's applications if they do not speak HTTP, in their order
 * @param stickyKey what the cluster has under {@code StickyKey.SETTING}
 * @param trust whose keys a relay takes and is known by
 * @param sites what this node has of the sites besides the default one, by their names
 */
public record EdgePorts(
    HostPort relay,
    WriteFence fence,
    List<LocalApplication> applications,
    Supplier<Optional<String>> stickyKey,
    Optional<Trust> trust,
    Map<String, SiteContent> sites) {

  public EdgePorts {
    applications = List.copyOf(applications);
    sites = Map.copyOf(sites);
  }

  /** Of an edge whose relay is not protected: where a test plays the other node itself. */
  EdgePorts(
      HostPort relay,
      WriteFence fence,
      Optional<LocalApplication> application,
      Supplier<Optional<String>> stickyKey) {
    this(relay, fence, application.stream().toList(), stickyKey, Optional.empty(), Map.of());
  }
}
