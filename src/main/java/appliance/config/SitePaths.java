package appliance.config;

import java.util.List;

/**
 * What a site makes of paths, in this order: refused, redirected, rewritten.
 *
 * @param neverServed what is answered with 404, besides names with a leading dot and scripts below
 *     {@code uploads}
 * @param uploads folders with a slash at both ends that users may write to: no script below them is run
 *     or shown
 * @param redirects where clients are sent; the first that matches counts
 * @param rewrites what a request is taken for; the first that matches counts, once
 * @param encodedSlashes whether {@code %2F} may be in a path
 * @param hidden folders, with a slash at both ends, of which nothing is served whatever the site's rules say
 */
public record SitePaths(
    NeverServed neverServed,
    List<String> uploads,
    List<Redirect> redirects,
    List<Rewrite> rewrites,
    boolean encodedSlashes,
    List<String> hidden) {

  /** Where WordPress, Drupal and others keep what users upload. */
  public static final List<String> UPLOADS =
      List.of("/wp-content/uploads/", "/sites/default/files/", "/uploads/", "/files/", "/media/");

  public static final SitePaths DEFAULTS = new SitePaths(
      new NeverServed(List.of(), List.of()), UPLOADS, List.of(), List.of(), false, List.of());

  /** As many as a site may have of each. */
  public static final int RULES_MAX = 500;

  public SitePaths {
    uploads = List.copyOf(uploads);
    redirects = List.copyOf(redirects);
    rewrites = List.copyOf(rewrites);
    hidden = List.copyOf(hidden);
  }

  /** The same rules, but nothing below these folders is served. */
  public SitePaths hiding(List<String> folders) {
    return new SitePaths(neverServed, uploads, redirects, rewrites, encodedSlashes, folders);
  }

  /**
   * @param but what is served all the same, a name with a leading dot included
   */
  public record NeverServed(List<PathPattern> paths, List<PathPattern> but) {

    public NeverServed {
      paths = List.copyOf(paths);
      but = List.copyOf(but);
    }
  }

  /**
   * @param status 301, 302, 303, 307 or 308
   */
  public record Redirect(PathPattern from, PathTarget to, int status) {}

  /** To a path of the same site, perhaps with a query, to which the request's own is added. */
  public record Rewrite(PathPattern from, PathTarget to) {}
}
