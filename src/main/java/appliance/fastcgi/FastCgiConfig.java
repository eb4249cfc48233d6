package appliance.fastcgi;

import appliance.config.SitePaths;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One php application.
 *
 * @param address where php-fpm listens
 * @param documentRoot the site's folder on this machine, where scripts are looked for; a symlink is
 *     followed anew each second, so that a release can be switched by it
 * @param phpRoot the same folder as php sees it, should it run in a container or on another machine
 * @param indexScript the name of a folder's own script
 * @param frontController the URL path of the script for what is neither; none: that is 404
 * @param scriptSuffixes what the names of scripts end in, with the dot
 * @param neverExecuted URL prefixes with a slash at both ends below which no script runs: where users
 *     may upload
 */
public record FastCgiConfig(
    PhpAddress address,
    Path documentRoot,
    Optional<Path> phpRoot,
    String indexScript,
    Optional<String> frontController,
    List<String> scriptSuffixes,
    List<String> neverExecuted,
    FastCgiLimits limits) {

  /** Where WordPress and Drupal keep what users upload. */
  public static final List<String> UPLOADS = SitePaths.UPLOADS;

  public FastCgiConfig {
    scriptSuffixes = List.copyOf(scriptSuffixes);
    neverExecuted = List.copyOf(neverExecuted);
    neverExecuted.forEach(prefix -> {
      if (!prefix.startsWith("/") || !prefix.endsWith("/")) {
        throw new IllegalArgumentException("a prefix begins and ends with a slash: " + prefix);
      }
    });
    if (indexScript.isEmpty() || indexScript.indexOf('/') >= 0) {
      throw new IllegalArgumentException("not a script's name: " + indexScript);
    }
  }

  public static FastCgiConfig of(PhpAddress address, Path documentRoot) {
    return new FastCgiConfig(
        address,
        documentRoot,
        Optional.empty(),
        "index.php",
        Optional.of("/index.php"),
        List.of(".php"),
        UPLOADS,
        FastCgiLimits.DEFAULTS);
  }

  public FastCgiConfig with(FastCgiLimits other) {
    return new FastCgiConfig(
        address,
        documentRoot,
        phpRoot,
        indexScript,
        frontController,
        scriptSuffixes,
        neverExecuted,
        other);
  }

  /** Runs no script below these prefixes, in place of the ones so far. */
  public FastCgiConfig withNeverExecuted(List<String> prefixes) {
    return new FastCgiConfig(
        address,
        documentRoot,
        phpRoot,
        indexScript,
        frontController,
        scriptSuffixes,
        prefixes,
        limits);
  }

  /** Runs this script for what is neither a script nor a folder with one. */
  public FastCgiConfig withFrontController(Optional<String> script) {
    return new FastCgiConfig(
        address, documentRoot, phpRoot, indexScript, script, scriptSuffixes, neverExecuted, limits);
  }
}
