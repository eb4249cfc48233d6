package appliance.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what one site makes of paths and adds to answers. */
record SiteRules(FileValue site, Values flat) {

  static final List<String> KEYS = List.of(
      "never-served",
      "uploads",
      "redirects",
      "rewrites",
      "encoded-slashes",
      "headers",
      "cache-control",
      "error-pages",
      "https-redirect",
      "hsts",
      "compression");

  /** Those of the default site; for the others, it has settings. */
  static final List<String> DEFAULT_SITE_KEYS = List.of(
      "front-controller",
      "never-served",
      "uploads",
      "redirects",
      "rewrites",
      "encoded-slashes",
      "headers",
      "cache-control");

  private static final String PATTERN_FIX =
      "write a path (/a), one with stars (/a/*, *.log), or ~ and a regular expression (RE2)";
  private static final String STATUS_FIX = "write 301, 302, 303, 307 or 308";

  /** What frames an answer, or belongs to one hop, is not a rule's to set. */
  private static final Set<String> KEPT = Set.of(
      "connection",
      "content-length",
      "content-encoding",
      "content-range",
      "date",
      "keep-alive",
      "set-cookie",
      "te",
      "trailer",
      "transfer-encoding",
      "upgrade");

  private static final Duration YEARS = Duration.ofDays(10 * 365);

  /**
   * @param media where the site's media are found: what users have uploaded
   */
  SitePaths paths(Optional<String> media) {
    return new SitePaths(
        neverServed(),
        Stream.concat(uploads().stream(), media.stream()).toList(),
        rules("redirects", List.of("from", "to", "status"), this::redirect),
        rules("rewrites", List.of("from", "to"), this::rewrite),
        site.at("encoded-slashes")
            .flatMap(value -> value.parse("write refuse or pass", SiteRules::passed))
            .orElse(false),
        List.of());
  }

  private static Boolean passed(String text) {
    return switch (text) {
      case "pass" -> true;
      case "refuse" -> false;
      default -> throw new IllegalArgumentException("neither");
    };
  }

  private SitePaths.NeverServed neverServed() {
    List<PathPattern> paths = new ArrayList<>();
    List<PathPattern> but = new ArrayList<>();
    for (FileValue item : site.at("never-served").map(FileValue::items).orElse(List.of())) {
      boolean exception = FileValue.text(item.value()).startsWith("!");
      pattern(item, text -> exception ? text.substring(1) : text)
          .ifPresent(exception ? but::add : paths::add);
    }
    return new SitePaths.NeverServed(paths, but);
  }

  private static Optional<PathPattern> pattern(FileValue value, Function<String, String> part) {
    return value.parseTelling(PATTERN_FIX, text -> PathPattern.parse(part.apply(text)));
  }

  private List<String> uploads() {
    if (site.at("uploads").isEmpty()) {
      return SitePaths.UPLOADS;
    }
    return site.list("uploads", "write a folder with a slash at both ends: /uploads/", text -> {
      if (!text.matches("/([A-Za-z0-9._~-]+/)+")) {
        throw new IllegalArgumentException("no folder");
      }
      return text;
    });
  }

  private <T> List<T> rules(
      String key, List<String> keys, Function<FileValue, Optional<T>> reader) {
    List<FileValue> items = site.at(key).map(FileValue::items).orElse(List.of());
    if (items.size() > SitePaths.RULES_MAX) {
      site.at(key).ifPresent(v -> v.refuse("has more than " + SitePaths.RULES_MAX + " rules"));
    }
    return items.stream()
        .filter(item -> item.isMapOf(keys))
        .flatMap(item -> reader.apply(item).stream())
        .toList();
  }

  private Optional<SitePaths.Redirect> redirect(FileValue rule) {
    Optional<PathPattern> from = required(rule, "from");
    Optional<PathTarget> to = target(rule, from, true);
    int status = rule.at("status")
        .flatMap(value -> value.parse(STATUS_FIX, SiteRules::status))
        .orElse(301);
    if (from.isEmpty() || to.isEmpty()) {
      return Optional.empty();
    }
    boolean here = to.get().isPath() || ownHosts().contains(to.get().host());
    if (here && from.get().matches(to.get().samplePath(from.get().groups()))) {
      rule.refuse("leads to itself again and again (" + to.get() + "); write another target");
    }
    return Optional.of(new SitePaths.Redirect(from.get(), to.get(), status));
  }

  private List<String> ownHosts() {
    return site.at("hosts").map(FileValue::items).orElse(List.of()).stream()
        .map(host -> FileValue.text(host.value()).toLowerCase(Locale.ROOT))
        .toList();
  }

  private static Integer status(String text) {
    int status = Integer.parseInt(text);
    if (!Set.of(301, 302, 303, 307, 308).contains(status)) {
      throw new IllegalArgumentException("no redirect");
    }
    return status;
  }

  private Optional<SitePaths.Rewrite> rewrite(FileValue rule) {
    Optional<PathPattern> from = required(rule, "from");
    Optional<PathTarget> to = target(rule, from, false);
    return from.isPresent() && to.isPresent()
        ? Optional.of(new SitePaths.Rewrite(from.get(), to.get()))
        : Optional.empty();
  }

  private static Optional<PathPattern> required(FileValue rule, String key) {
    Optional<FileValue> value = rule.at(key);
    if (value.isEmpty()) {
      rule.refuse("has no " + key + "; " + PATTERN_FIX);
    }
    return value.flatMap(v -> pattern(v, text -> text));
  }

  private static Optional<PathTarget> target(
      FileValue rule, Optional<PathPattern> from, boolean elsewhere) {
    String fix = "write a path (/new/$1)" + (elsewhere ? " or an URL (https://host/$1)" : "")
        + "; $1 to $9 are the stars or groups of from";
    Optional<FileValue> value = rule.at("to");
    if (value.isEmpty()) {
      rule.refuse("has no to; " + fix);
    }
    int groups = from.map(PathPattern::groups).orElse(9);
    return value.flatMap(
        v -> v.parseTelling(fix, text -> PathTarget.parse(text, groups, elsewhere)));
  }

  SiteAnswers answers() {
    return new SiteAnswers(
        headers(),
        cacheControl(),
        errorPages(),
        httpsRedirect(),
        site.at("hsts")
            .flatMap(value ->
                value.parse("write a time such as 8760h, or 0s", text -> Values.time(text, YEARS)))
            .orElseGet(() -> flat.duration(Setting.HSTS, Duration.ZERO, YEARS)),
        site.at("compression")
            .flatMap(value -> value.parse(Values.ON_FIX, Values::on))
            .orElseGet(() -> flat.onOrOff(Setting.COMPRESSION)));
  }

  /** Of the default site: what it adds to what its settings say. */
  SiteAnswers answers(ClientsConfig settings) {
    return new SiteAnswers(
        headers(),
        cacheControl(),
        settings.errorPages(),
        settings.httpsRedirect(),
        settings.hsts(),
        settings.compression());
  }

  private List<SiteAnswers.CacheControl> cacheControl() {
    return rules("cache-control", List.of("path", "value"), this::cacheControl);
  }

  private Map<String, String> headers() {
    Optional<FileValue> value = site.at("headers");
    if (value.isPresent() && !(value.get().value() instanceof Map)) {
      value.get().refuse("write NAME: value lines here");
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    value.map(FileValue::entries).orElse(Map.of()).forEach((name, one) -> {
      if (!name.matches("[A-Za-z][A-Za-z0-9-]{0,63}")
          || KEPT.contains(name.toLowerCase(Locale.ROOT))) {
        one.refuse("is not a field that can be set here; choose another, or leave it out");
      } else if (headers.containsKey(name)) {
        one.refuse("is set twice: capitals make no other field; leave one out");
      } else {
        one.parse("write a value of plain characters", SiteRules::fieldValue)
            .ifPresent(text -> headers.put(name, text));
      }
    });
    return headers;
  }

  private static String fieldValue(String text) {
    if (text.length() > 2000 || !text.matches("[ -~]*")) {
      throw new IllegalArgumentException("not plain");
    }
    return text;
  }

  private Optional<SiteAnswers.CacheControl> cacheControl(FileValue rule) {
    Optional<PathPattern> path = required(rule, "path");
    Optional<@Nullable String> value = rule.at("value")
        .flatMap(v -> v.parse("write what Cache-Control shall say: max-age=600", text -> {
          if (text.isEmpty()) {
            throw new IllegalArgumentException("nothing");
          }
          return fieldValue(text);
        }));
    if (rule.at("value").isEmpty()) {
      rule.refuse("has no value; write what Cache-Control shall say: max-age=600");
    }
    return path.isPresent() && value.isPresent()
        ? Optional.of(new SiteAnswers.CacheControl(path.get(), value.get()))
        : Optional.empty();
  }

  private Optional<Path> errorPages() {
    return site.at("error-pages")
        .flatMap(value ->
            value.parse("is not a folder; give one with a 404.html or 503.html in it", text -> {
              Path folder = SiteSettings.folder(text);
              if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("no folder");
              }
              return folder;
            }));
  }

  private int httpsRedirect() {
    Optional<FileValue> value = site.at("https-redirect");
    if (value.isEmpty()) {
      return flat.number(Setting.HTTPS_REDIRECT, 0, 65535);
    }
    int port = value
        .get()
        .parse("write the port of https, 443 as a rule; 0: requests are served", text -> {
          int number = Integer.parseInt(text);
          if (number < 0 || number > 65535) {
            throw new IllegalArgumentException("no port");
          }
          return number;
        })
        .orElse(0);
    if (port > 0 && !flat.has(Setting.HTTPS) && !flat.has(Setting.TRUSTED_PROXIES)) {
      value.get().refuse("needs https, or trusted-proxies that speak TLS: nobody would answer");
    }
    return port;
  }
}
