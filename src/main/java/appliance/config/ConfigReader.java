package appliance.config;

import appliance.model.HostPort;
import appliance.runtime.FileTrouble;
import appliance.trust.JoinSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads a {@link Config} from flags, environment and file, in that order of weight. */
public final class ConfigReader {

  private static final int CLUSTER_PORTS = 10;
  static final String APP_FIX =
      "write http://host:port, fastcgi://host:port or fastcgi+unix:/path/of/the.sock, or a list of them";

  static final String MEDIA_PATH = "/([A-Za-z0-9._~-]+/)+";

  private final Map<String, String> environment;
  private final Supplier<LocalMachine> machine;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * @param machine asked only for what was left out: to learn a machine's own name can take a while
   */
  public ConfigReader(Map<String, String> environment, Supplier<LocalMachine> machine) {
    this.environment = Map.copyOf(environment);
    this.machine = machine;
  }

  /**
   * Reads and checks everything.
   *
   * @param flags those that were given on the command line
   * @param file the file named by {@code --config}, if any
   * @throws BadConfig with every problem there is; of a file that cannot be read with that alone
   */
  public Config read(Map<Setting, String> flags, Optional<Path> file) throws BadConfig {
    Map<Setting, Given> given = new EnumMap<>(Setting.class);
    Optional<ConfigFile> read = file.map(path -> new ConfigFile(path, problems));
    if (read.isPresent()) {
      given.putAll(read.get().read());
    }
    for (Setting setting : Setting.values()) {
      String variable = environment.get(setting.environment());
      if (variable != null) {
        given.put(setting, new Given(setting.environment(), variable));
      }
    }
    flags.forEach((setting, text) -> given.put(setting, new Given(setting.flag(), text)));
    Config config = assemble(new Values(given, problems), read);
    if (!problems.isEmpty()) {
      throw new BadConfig(problems);
    }
    return config;
  }

  private Config assemble(Values values, Optional<ConfigFile> file) {
    ClusterConfig cluster = cluster(values);
    MediaConfig media = media(values);
    Config config = new Config(
        cluster,
        edge(values, media, file),
        media,
        new DatabaseUrl(values).read(),
        new AdminConfig(values.address(Setting.ADMIN)),
        new TrustConfig(secret(values)));
    checkPorts(values, config);
    checkData(values, config);
    return config;
  }

  private ClusterConfig cluster(Values values) {
    if (!values.has(Setting.JOIN)) {
      values.refuse(Setting.JOIN, "is missing; name the cluster to join or to found");
    }
    return new ClusterConfig(
        values.name(Setting.JOIN, "cluster"),
        values.name(Setting.NAME, values.has(Setting.NAME) ? "" : machine.get().name()),
        values.path(Setting.DATA).orElse(Path.of("")),
        bind(values),
        values.port(Setting.PORT, 65535 - CLUSTER_PORTS + 1),
        values.addresses(Setting.PEERS, ClusterConfig.PORT_DEFAULT),
        failover(values),
        values.number(Setting.EXPECT, 1, ClusterConfig.EXPECT_MAX),
        values.yes(Setting.WITNESS));
  }

  private static FailoverConfig failover(Values values) {
    String choice = values.text(Setting.FAILOVER);
    if (!choice.equals("safe") && !choice.equals("fast")) {
      values.refuse(Setting.FAILOVER, "write safe or fast");
    }
    return new FailoverConfig(
        choice.equals("fast"), values.number(Setting.PRIORITY, 0, FailoverConfig.PRIORITY_MAX));
  }

  private String bind(Values values) {
    String bind =
        values.has(Setting.BIND) ? values.text(Setting.BIND) : machine.get().address();
    try {
      InetAddress address = InetAddress.getByName(bind);
      if (address.isAnyLocalAddress()) {
        values.refuse(Setting.BIND, "name one address of this machine, as other nodes reach it");
      }
      return address.getHostAddress();
    } catch (UnknownHostException e) {
      values.refuse(Setting.BIND, "is not known here; write an IP address of this machine");
      return bind;
    }
  }

  private static Optional<JoinSecret> secret(Values values) {
    Optional<Path> file = values.path(Setting.SECRET_FILE);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JoinSecret.read(file.get()));
    } catch (IOException e) {
      values.refuse(
          Setting.SECRET_FILE,
          "name a file whose first line is the join secret, as 'appliance secret' prints it ("
              + FileTrouble.of(e) + ")");
      return Optional.empty();
    }
  }

  private EdgeConfig edge(Values values, MediaConfig media, Optional<ConfigFile> file) {
    Optional<Path> site = values.path(Setting.SITE);
    if (site.isPresent() && !Files.isDirectory(site.get())) {
      values.refuse(Setting.SITE, "is not a folder; give the document root, or leave it out");
    }
    List<URI> apps = values.each(Setting.APP, APP_FIX, ApplicationUrl::read);
    ApplicationUrl.check(apps, fix -> values.refuse(Setting.APP, "", fix));
    if (site.isEmpty() && apps.stream().anyMatch(ApplicationUrl::isFastCgi)) {
      values.refuse(Setting.APP, "needs --site as well: the folder that its scripts lie in");
    }
    ClientsConfig clients = new ClientSettings(values).read();
    EdgeConfig edge = new EdgeConfig(
        values.address(Setting.HTTP),
        new HttpsSettings(values).read(),
        site,
        apps,
        values.each(Setting.ADMIN_HOSTS, SiteSettings.ADMIN_HOST_FIX, SiteSettings::adminHost),
        new TrafficSettings(values).read(),
        clients,
        file.flatMap(ConfigFile::sites)
            .map(list -> new SiteSettings(values, media).read(list))
            .orElse(List.of()));
    return file.flatMap(ConfigFile::defaultSite)
        .filter(rules -> rules.isMapOf(SiteRules.DEFAULT_SITE_KEYS))
        .map(rules -> edge.with(defaultSite(rules, values, media, clients)))
        .orElse(edge);
  }

  private static DefaultSite defaultSite(
      FileValue rules, Values values, MediaConfig media, ClientsConfig clients) {
    SiteRules reader = new SiteRules(rules, values);
    return new DefaultSite(
        reader.paths(media.folder().map(folder -> media.path())),
        reader.answers(clients),
        SiteSettings.frontController(rules, values.path(Setting.SITE)));
  }

  private MediaConfig media(Values values) {
    Optional<Path> folder = values.path(Setting.MEDIA);
    if (folder.isPresent() && Files.exists(folder.get()) && !Files.isDirectory(folder.get())) {
      values.refuse(Setting.MEDIA, "is not a folder; give the folder to keep equal");
    }
    if (values.has(Setting.MEDIA_PATH)) {
      String path = values.text(Setting.MEDIA_PATH);
      if (!path.matches(MEDIA_PATH)) {
        values.refuse(Setting.MEDIA_PATH, "write a path with a slash at both ends: /media/");
      }
      return new MediaConfig(folder, path);
    }
    return new MediaConfig(folder, mediaPath(values.path(Setting.SITE), folder));
  }

  /** Media that lie below the document root are found where they lie. */
  static String mediaPath(Optional<Path> site, Optional<Path> folder) {
    if (site.isPresent() && folder.isPresent()) {
      Path root = site.get();
      Path media = folder.get();
      if (media.startsWith(root) && !media.equals(root)) {
        return "/" + root.relativize(media).toString().replace('\\', '/') + "/";
      }
    }
    return "/media/";
  }

  private void checkPorts(Values values, Config config) {
    HostPort http = config.edge().http();
    HostPort admin = config.admin().address();
    if (http.port() == admin.port() && http.port() != 0) { // 0: refused already
      values.refuse(Setting.ADMIN, "has the same port as http; choose another");
    }
    checkFree(values, Setting.HTTP, http, config.cluster().port());
    config.edge().https().map(HttpsConfig::address).ifPresent(https -> {
      if (https.port() != 0 && (https.port() == http.port() || https.port() == admin.port())) {
        values.refuse(Setting.HTTPS, "has the same port as http or admin; choose another");
      }
      checkFree(values, Setting.HTTPS, https, config.cluster().port());
    });
    checkFree(values, Setting.ADMIN, admin, config.cluster().port());
  }

  /** The data folder and the log hold secrets: neither is to be served or copied to other nodes. */
  private static void checkData(Values values, Config config) {
    Path data = config.cluster().data();
    Optional<Path> log = config.edge().traffic().accessLog().file();
    for (Path root : config.edge().roots()) {
      if (data.startsWith(root)) {
        values.refuse(
            Setting.DATA, "lies in the site " + root + ", which is public; choose another");
      }
      if (log.filter(file -> file.startsWith(root)).isPresent()) {
        values.refuse(Setting.ACCESS_LOG, "lies in the site " + root + "; choose another place");
      }
    }
    Optional<Path> media = config.media().folder();
    if (media.filter(data::startsWith).isPresent()) {
      values.refuse(Setting.DATA, "lies in the media folder; choose another");
    }
    if (log.isPresent() && media.filter(log.get()::startsWith).isPresent()) {
      values.refuse(Setting.ACCESS_LOG, "lies in the media folder; choose another place");
    }
  }

  private static void checkFree(Values values, Setting setting, HostPort address, int first) {
    if (address.port() >= first && address.port() < first + CLUSTER_PORTS) {
      values.refuse(
          setting,
          "lies among the cluster's ports "
              + first
              + " to "
              + (first + CLUSTER_PORTS - 1)
              + "; choose another");
    }
  }
}
