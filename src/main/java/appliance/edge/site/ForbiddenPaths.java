package appliance.edge.site;

import appliance.config.PathPattern;
import appliance.config.SitePaths;
import java.util.List;
import java.util.Locale;

/**
 * Paths that a site never serves, whoever would answer: names with a leading dot, as {@code .git},
 * {@code .env} and {@code .htaccess}; scripts below folders that users may write to; what the site names.
 *
 * @param hidden folders from which no exception lets anything out
 */
record ForbiddenPaths(SitePaths.NeverServed configured, List<String> uploads, List<String> hidden) {

  /** RFC 8615: the one name with a leading dot that is public, at the top of a site. */
  private static final String WELL_KNOWN = "/.well-known/";

  private static final List<String> SCRIPTS = List.of(".phtml", ".phar", ".pht");

  static ForbiddenPaths of(SitePaths paths) {
    return new ForbiddenPaths(paths.neverServed(), paths.uploads(), paths.hidden());
  }

  /**
   * @param decoded a path that is plain, but that slashes may still be encoded in it
   */
  boolean has(String decoded) {
    String path = decoded.indexOf('%') < 0 ? decoded : decoded.replaceAll("%2[fF]", "/");
    if (!hidden.isEmpty() && hidden.stream().anyMatch(path::startsWith)) {
      return true;
    }
    boolean dotted = path.contains("/.") && dotted(path);
    if (!dotted && !script(path) && configured.paths().isEmpty()) {
      return false;
    }
    return !any(configured.but(), path)
        && (dotted || script(path) || any(configured.paths(), path));
  }

  private static boolean any(List<PathPattern> patterns, String path) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(path));
  }

  private static boolean dotted(String path) {
    String rest = path.startsWith(WELL_KNOWN) ? path.substring(WELL_KNOWN.length() - 1) : path;
    return rest.contains("/.") && !rest.equals("/.well-known");
  }

  private boolean script(String path) {
    for (String folder : uploads) {
      if (path.startsWith(folder)) {
        String lower = path.toLowerCase(Locale.ROOT);
        return lower.contains(".php") || SCRIPTS.stream().anyMatch(end -> named(lower, end));
      }
    }
    return false;
  }

  /** Whether a name, or what some server may take for one, has this ending. */
  private static boolean named(String path, String ending) {
    for (int at = path.indexOf(ending); at >= 0; at = path.indexOf(ending, at + 1)) {
      int end = at + ending.length();
      if (end == path.length() || "/;.".indexOf(path.charAt(end)) >= 0) {
        return true;
      }
    }
    return false;
  }
}
