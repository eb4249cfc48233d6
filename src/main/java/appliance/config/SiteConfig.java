package appliance.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A site that is told from the others by its hosts.
 *
 * @param name what the nodes of the cluster know it by
 * @param hosts in lower case, at least one; {@code *.example.com} stands for all hosts below that domain
 * @param adminHosts those of its hosts that go to the master's application only; one that ends in a
 *     dot stands for every host of the site that begins with it, any other is a host of the site, too
 * @param root its document root, if this node serves files of it
 * @param app this node's application for it, if there is one here
 */
public record SiteConfig(
    String name,
    List<String> hosts,
    List<String> adminHosts,
    Optional<Path> root,
    Optional<Application> app) {

  /** As many as a node may have. */
  public static final int SITES_MAX = 64;

  /** As many as all hosts of one site may be. */
  public static final int HOSTS_MAX = 256;

  public SiteConfig {
    hosts = List.copyOf(hosts);
    adminHosts = List.copyOf(adminHosts);
  }

  /**
   * A site's application on this node.
   *
   * @param url {@code http://host:port}, {@code fastcgi://host:port} or {@code fastcgi+unix:/path}
   * @param healthPath what it is asked to learn whether it works
   * @param frontController the path of the script for what is neither file nor script; none: 404
   */
  public record Application(URI url, String healthPath, Optional<String> frontController) {

    /** As WordPress, Drupal, Joomla and TYPO3 have it. */
    public static final String FRONT_CONTROLLER = "/index.php";
  }
}
