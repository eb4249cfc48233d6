package appliance.config;

import java.util.Optional;

/**
 * What can be said of the default site in the file only, as of any other site.
 *
 * @param paths what it makes of paths
 * @param answers what it adds to answers
 * @param frontController the path of the script of php for what is neither file nor script; none: 404
 */
public record DefaultSite(SitePaths paths, SiteAnswers answers, Optional<String> frontController) {

  public static final DefaultSite DEFAULTS = new DefaultSite(
      SitePaths.DEFAULTS,
      SiteAnswers.DEFAULTS,
      Optional.of(SiteConfig.Application.FRONT_CONTROLLER));
}
