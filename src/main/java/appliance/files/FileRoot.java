package appliance.files;

import java.nio.file.Path;
import java.util.List;

/**
 * One folder and the place in the site where its files are found.
 *
 * @param folder the document root; a symlink is followed anew each time, so that a release can be
 *     switched by it
 * @param urlPrefix where the folder begins, with a slash at both ends: {@code /} or {@code /media/}
 * @param behind who answers what the files do not
 * @param indexes names that stand for their folder, in order
 * @param cacheRules Cache-Control by path; none of them, no field
 * @param limits what serving from here may cost
 */
public record FileRoot(
    Path folder,
    String urlPrefix,
    Behind behind,
    List<String> indexes,
    List<CacheRule> cacheRules,
    FileLimits limits) {

  /** What stands behind the files. */
  public enum Behind {
    /**
     * An application that may own any method on any path: all but GET and HEAD goes to it, and so does
     * the path of a script.
     */
    APPLICATION,
    /** Nothing: other methods on a file get 405, a script is not there. */
    NOTHING
  }

  public FileRoot {
    if (!urlPrefix.startsWith("/") || !urlPrefix.endsWith("/")) {
      throw new IllegalArgumentException("a URL prefix begins and ends with a slash: " + urlPrefix);
    }
    indexes = List.copyOf(indexes);
    cacheRules = List.copyOf(cacheRules);
  }

  /** The site's own files, with an application behind them. */
  public static FileRoot site(Path folder) {
    return new FileRoot(
        folder, "/", Behind.APPLICATION, List.of("index.html"), List.of(), FileLimits.DEFAULT);
  }

  /** Files that users uploaded: no index, nothing behind them, and no script among them. */
  public static FileRoot media(Path folder, String urlPrefix) {
    return new FileRoot(
        folder, urlPrefix, Behind.NOTHING, List.of(), List.of(), FileLimits.DEFAULT);
  }

  public FileRoot with(FileLimits limits) {
    return new FileRoot(folder, urlPrefix, behind, indexes, cacheRules, limits);
  }

  public FileRoot with(Behind behind) {
    return new FileRoot(folder, urlPrefix, behind, indexes, cacheRules, limits);
  }

  public FileRoot withCacheRules(List<CacheRule> cacheRules) {
    return new FileRoot(folder, urlPrefix, behind, indexes, cacheRules, limits);
  }
}
