package appliance.edge.site;

import appliance.edge.proxy.LocalApplication;
import java.util.List;

/**
 * What a node has of one site.
 *
 * @param files serves what it has
 * @param applications this node's applications for the site if they do not speak HTTP, in their order
 */
public record SiteContent(FilesFirst files, List<LocalApplication> applications) {

  /** Nothing here: the other nodes' applications answer. */
  public static final SiteContent NONE = new SiteContent(FilesFirst.NONE, List.of());

  public SiteContent {
    applications = List.copyOf(applications);
  }
}
