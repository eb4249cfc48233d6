package appliance.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the list {@code sites} of the configuration file. */
final class SiteSettings {

  static final List<String> KEYS = Stream.concat(
          Stream.of(
              "name",
              "hosts",
              "admin-hosts",
              "root",
              "app",
              "app-health-path",
              "front-controller",
              "media",
              "media-path"),
          SiteRules.KEYS.stream())
      .toList();

  /** What metrics and log call all other requests. */
  private static final Set<String> TAKEN = Set.of("admin", "other");

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
  private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?";
  private static final Pattern HOST =
      Pattern.compile("\\*|(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*|\\[[0-9a-f:.]{2,45}]");
  private static final Pattern ADMIN_PREFIX = Pattern.compile(LABEL + "(\\." + LABEL + ")*\\.");
  private static final int HOST_CHARS_MAX = 253;

  private static final String NAME_FIX =
      "write 1 to 63 small letters, digits, '_' or '-'; not admin or other";
  private static final String HOST_FIX =
      "write a host without scheme or port: shop.example.com, *.example.com for all below, or *";

  static final String ADMIN_HOST_FIX =
      "write a host without scheme or port: admin.example.com; or 'admin.' for all that begin so";

  private final Values flat;
  private final MediaConfig media;
  private final Map<String, FileValue> mediaNames = new HashMap<>();
  private final Map<String, FileValue> hosts = new HashMap<>();
  private final Map<String, FileValue> names = new HashMap<>();
  private final Map<Path, FileValue> roots = new HashMap<>();

  /**
   * @param flat what holds for the default site, and for a site that says nothing else
   * @param media those of all sites
   */
  SiteSettings(Values flat, MediaConfig media) {
    this.flat = flat;
    this.media = media;
  }

  List<SiteConfig> read(FileValue sites) {
    List<SiteConfig> all = new ArrayList<>();
    if (!(sites.value() instanceof List)) {
      sites.refuse("write a list: one item for each site, each with name and hosts");
      return all;
    }
    for (FileValue item : sites.items()) {
      if (item.isMapOf(KEYS)) {
        site(item).ifPresent(all::add);
      }
    }
    if (all.size() > SiteConfig.SITES_MAX) {
      sites.refuse("has more than " + SiteConfig.SITES_MAX + " sites, the most a node can have");
    }
    return all;
  }

  private Optional<SiteConfig> site(FileValue item) {
    Optional<String> name = name(item);
    List<String> own = ownHosts(item);
    List<String> admin = adminHosts(item);
    Optional<Path> root = root(item);
    Optional<SiteConfig.Application> app = application(item, root);
    SiteRules rules = new SiteRules(item, flat);
    Optional<SiteMedia> part = media(item, root);
    SitePaths paths = rules.paths(part.map(SiteMedia::path));
    SiteAnswers answers = rules.answers();
    Optional<String> health = item.at("app-health-path")
        .flatMap(v -> v.parse("write a path that begins with /", SiteSettings::path))
        .or(() -> Optional.of(flat.text(Setting.APP_HEALTH_PATH))
            .filter(path -> flat.given(Setting.APP_HEALTH_PATH)));
    return name.map(n -> new SiteConfig(n, own, admin, root, app, health, paths, answers, part));
  }

  private Optional<String> name(FileValue item) {
    Optional<FileValue> value = item.at("name");
    if (value.isEmpty()) {
      item.refuse("has no name; the nodes of a cluster know a site by its name");
      return Optional.empty();
    }
    Optional<String> name = value.get().parse(NAME_FIX, text -> {
      require(NAME.matcher(text).matches() && !TAKEN.contains(text));
      return text;
    });
    name.ifPresent(n -> once(names, n, value.get(), "is the name of another site; choose another"));
    return name;
  }

  private List<String> ownHosts(FileValue item) {
    List<String> own = hosts(item, "hosts");
    if (item.at("hosts").map(FileValue::items).orElse(List.of()).isEmpty()) {
      item.refuse("has no hosts; write those whose requests are for it: hosts: [shop.example.com]");
    }
    return own;
  }

  private List<String> hosts(FileValue item, String key) {
    List<String> all = new ArrayList<>();
    List<FileValue> items = item.at(key).map(FileValue::items).orElse(List.of());
    for (FileValue one : items) {
      one.parse(HOST_FIX, SiteSettings::host).ifPresent(host -> {
        once(hosts, host, one, "is a host already; a host has one site");
        all.add(host);
      });
    }
    if (items.size() > SiteConfig.HOSTS_MAX) {
      item.refuse("has more than " + SiteConfig.HOSTS_MAX + " " + key + "; write *.example.com");
    }
    return all;
  }

  /** Those of the flat key unless the site names its own. */
  private List<String> adminHosts(FileValue item) {
    if (item.at("admin-hosts").isEmpty()) {
      return flat.list(Setting.ADMIN_HOSTS).stream()
          .filter(host -> host.endsWith("."))
          .map(host -> host.toLowerCase(Locale.ROOT))
          .toList();
    }
    List<String> all = new ArrayList<>();
    for (FileValue one : item.at("admin-hosts").map(FileValue::items).orElse(List.of())) {
      one.parse(ADMIN_HOST_FIX, SiteSettings::adminHost).ifPresent(host -> {
        if (!host.endsWith(".")) {
          hosts.putIfAbsent(host, one);
        }
        all.add(host);
      });
    }
    return all;
  }

  static String adminHost(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    require(!lower.startsWith("*"));
    return ADMIN_PREFIX.matcher(lower).matches() ? lower : host(lower);
  }

  private static String host(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    require(lower.length() <= HOST_CHARS_MAX && HOST.matcher(lower).matches());
    return lower;
  }

  private Optional<Path> root(FileValue item) {
    Optional<FileValue> value = item.at("root");
    Optional<Path> root = value.flatMap(
        v -> v.parse("is not a folder; give the site's document root, or leave it out", text -> {
          Path folder = folder(text);
          require(Files.isDirectory(folder));
          return folder;
        }));
    root.ifPresent(folder -> apart(folder, value.orElseThrow()));
    return root;
  }

  static Path folder(String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** A folder within another site's is that site's, too: its files would be shown there. */
  private void apart(Path root, FileValue value) {
    flat.path(Setting.SITE).ifPresent(site -> roots.putIfAbsent(site, value));
    for (Path other : roots.keySet()) {
      if (!other.equals(root) && (root.startsWith(other) || other.startsWith(root))) {
        value.refuse("lies within the files of another site, or around them (" + other
            + "): each would show the other's; give each a folder of its own");
      }
    }
    roots.put(root, value);
  }

  private Optional<SiteMedia> media(FileValue item, Optional<Path> root) {
    Optional<FileValue> value = item.at("media");
    Optional<String> path = item.at("media-path")
        .flatMap(v -> v.parse("write a path with a slash at both ends: /media/", text -> {
          require(text.matches(ConfigReader.MEDIA_PATH));
          return text;
        }));
    if (value.isEmpty()) {
      item.at("media-path")
          .ifPresent(v -> v.refuse("needs media as well: the site's part of them"));
      return Optional.empty();
    }
    if (media.folder().isEmpty()) {
      value.get().refuse("is a part of the media, and there are none: set the flat key media, too");
      return Optional.empty();
    }
    Optional<String> name = value
        .get()
        .parse("write the name of a folder within the media: shop", text -> {
          require(text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}"));
          return text;
        });
    name.ifPresent(n -> once(mediaNames, n, value.get(), "is another site's part; choose another"));
    return name.map(n -> {
      Path folder = media.folder().get().resolve(n);
      return new SiteMedia(
          folder,
          n,
          path.orElseGet(() -> ConfigReader.mediaPath(root, Optional.of(folder))),
          media.path() + n + "/");
    });
  }

  private Optional<SiteConfig.Application> application(FileValue item, Optional<Path> root) {
    List<URI> urls = item.list("app", ConfigReader.APP_FIX, ApplicationUrl::read);
    item.at("app").ifPresent(value -> {
      ApplicationUrl.check(urls, value::refuse);
      if (urls.stream().anyMatch(ApplicationUrl::isFastCgi) && item.at("root").isEmpty()) {
        value.refuse("needs root as well: the folder its scripts lie in");
      }
    });
    Optional<String> front = frontController(item, root);
    return urls.isEmpty() ? Optional.empty() : Optional.of(new SiteConfig.Application(urls, front));
  }

  private static String path(String text) {
    require(text.matches("/[!-~]*"));
    return text;
  }

  /** The script of a site for what is neither file nor script. */
  static Optional<String> frontController(FileValue item, Optional<Path> root) {
    Optional<FileValue> value = item.at("front-controller");
    if (value.isEmpty()) {
      return Optional.of(SiteConfig.Application.FRONT_CONTROLLER);
    }
    Optional<String> script = value
        .get()
        .parse("write the path of a script in root: /index.php; or none", SiteSettings::script)
        .filter(text -> !text.equals("none"));
    if (script.isPresent()
        && root.isPresent()
        && !Files.isRegularFile(root.get().resolve(script.get().substring(1)))) {
      value.get().refuse("is not in " + root.get() + "; write the path of a script there, or none");
    }
    return script;
  }

  private static String script(String text) {
    require(text.equals("none") || text.matches("(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\\.php"));
    return text;
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("not of the form");
    }
  }

  private static void once(
      Map<String, FileValue> seen, String text, FileValue value, @Nullable String fix) {
    FileValue before = seen.putIfAbsent(text, value);
    if (before != null) {
      value.refuse(fix + " (see " + before.path() + ")");
    }
  }
}
