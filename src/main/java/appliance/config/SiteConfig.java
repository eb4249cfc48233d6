package appliance.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A site that is told from the others by its hosts.
 *
 * @param name what the nodes of the cluster know it by
 * @param hosts in lower case, at least one; {@code *.example.com} stands for all hosts below that domain,
 *     {@code *} for all that are no other site's
 * @param adminHosts those of its hosts that go to the master's application only; one that ends in a
 *     dot stands for every host of the site that begins with it, any other is a host of the site, too
 * @param root its document root, if this node serves files of it
 * @param app this node's applications for it, if there are any here
 * @param healthPath what an application for it is asked, here or elsewhere, to learn whether it works; see {@link
 *     HealthConfig#path}
 * @param paths what it makes of paths
 * @param answers what it adds to answers
 * @param media its part of the media, if it has one
 */
public record SiteConfig(
    String name,
    List<String> hosts,
    List<String> adminHosts,
    Optional<Path> root,
    Optional<Application> app,
    Optional<String> healthPath,
    SitePaths paths,
    SiteAnswers answers,
    Optional<SiteMedia> media) {

  /** As many as a node may have. */
  public static final int SITES_MAX = 64;

  /** As many as all hosts of one site may be. */
  public static final int HOSTS_MAX = 256;

  public SiteConfig {
    hosts = List.copyOf(hosts);
    adminHosts = List.copyOf(adminHosts);
  }

  /** With no rules of its own. */
  public SiteConfig(
      String name,
      List<String> hosts,
      List<String> adminHosts,
      Optional<Path> root,
      Optional<Application> app) {
    this(
        name,
        hosts,
        adminHosts,
        root,
        app,
        Optional.empty(),
        SitePaths.DEFAULTS,
        SiteAnswers.DEFAULTS,
        Optional.empty());
  }

  /** The same with these rules. */
  public SiteConfig with(SitePaths otherPaths, SiteAnswers otherAnswers) {
    return new SiteConfig(
        name, hosts, adminHosts, root, app, healthPath, otherPaths, otherAnswers, media);
  }

  /** The same, its applications being asked for another path. */
  public SiteConfig checkedAt(String path) {
    return new SiteConfig(
        name, hosts, adminHosts, root, app, Optional.of(path), paths, answers, media);
  }

  /**
   * A site's applications on this node.
   *
   * @param urls one to {@link EdgeConfig#APPS_MAX}, none twice: {@code http://host:port}, or {@code
   *     fastcgi://host:port} and {@code fastcgi+unix:/path}
   * @param frontController the path of the script for what is neither file nor script; none: 404
   */
  public record Application(List<URI> urls, Optional<String> frontController) {

    /** As WordPress, Drupal, Joomla and TYPO3 have it. */
    public static final String FRONT_CONTROLLER = "/index.php";

    public Application {
      urls = List.copyOf(urls);
    }

    /** A single one. */
    public Application(URI url, Optional<String> frontController) {
      this(List.of(url), frontController);
    }

    /** Whether they are php, called in this process. */
    public boolean fastCgi() {
      return ApplicationUrl.isFastCgi(urls.get(0));
    }
  }
}
