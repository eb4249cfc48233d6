package appliance.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a site adds to its answers.
 *
 * @param headers set on every answer; one with an empty value is taken off
 * @param cacheControl of files; the first that matches counts
 * @param errorPages the folder of pages of its own for what the edge answers itself
 * @param httpsRedirect the port that requests over plain HTTP are sent to; 0: they are served
 * @param hsts for how long browsers shall use TLS only; zero: nothing is said
 * @param compression whether what applications answer is compressed under way
 */
public record SiteAnswers(
    Map<String, String> headers,
    List<CacheControl> cacheControl,
    Optional<Path> errorPages,
    int httpsRedirect,
    Duration hsts,
    boolean compression) {

  public static final SiteAnswers DEFAULTS =
      new SiteAnswers(Map.of(), List.of(), Optional.empty(), 0, Duration.ZERO, false);

  public SiteAnswers {
    headers = Map.copyOf(headers);
    cacheControl = List.copyOf(cacheControl);
  }

  /** Without compression. */
  public SiteAnswers(
      Map<String, String> headers,
      List<CacheControl> cacheControl,
      Optional<Path> errorPages,
      int httpsRedirect,
      Duration hsts) {
    this(headers, cacheControl, errorPages, httpsRedirect, hsts, false);
  }

  /** The value of Cache-Control for the files at {@code path}. */
  public record CacheControl(PathPattern path, String value) {}
}
