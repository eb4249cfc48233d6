package appliance.edge.site;

import appliance.edge.proxy.LocalApplication;
import java.util.Optional;

/**
 * What a node has of one site.
 *
 * @param files serves what it has
 * @param application this node's application for the site if it does not speak HTTP
 */
public record SiteContent(FilesFirst files, Optional<LocalApplication> application) {

  /** Nothing here: the other nodes' applications answer. */
  public static final SiteContent NONE = new SiteContent(FilesFirst.NONE, Optional.empty());
}
