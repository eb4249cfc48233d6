package appliance.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigReaderTest {

  private static final LocalMachine MACHINE = new LocalMachine("web1", "127.0.0.9");

  @TempDir
  private Path folder = Path.of("");

  @Test
  void a_name_to_join_is_all_that_must_be_given() throws BadConfig {
    Config config = read(Map.of(Setting.JOIN, "cluster"));
    assertEquals(
        new ClusterConfig(
            "cluster",
            "web1",
            Path.of("appliance-data").toAbsolutePath(),
            "127.0.0.9",
            7800,
            List.of()),
        config.cluster());
    assertEquals(
        new EdgeConfig(
            new HostPort("0.0.0.0", 8080),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of("admin."),
            TrafficConfig.DEFAULTS,
            ClientsConfig.DEFAULTS),
        config.edge());
    assertEquals(new MediaConfig(Optional.empty(), "/media/"), config.media());
    assertEquals(Optional.empty(), config.database());
    assertEquals(new AdminConfig(new HostPort("0.0.0.0", 8090)), config.admin());
  }

  @Test
  void every_setting_reaches_its_record() throws BadConfig {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.JOIN, "shop");
    flags.put(Setting.NAME, "a-1");
    flags.put(Setting.DATA, folder.resolve("data").toString());
    flags.put(Setting.BIND, "127.0.0.1");
    flags.put(Setting.PORT, "7000");
    flags.put(Setting.PEERS, "10.0.0.2, 10.0.0.3:7810,[::1]:7820");
    flags.put(Setting.FAILOVER, "fast");
    flags.put(Setting.PRIORITY, "1000");
    flags.put(Setting.HTTP, "127.0.0.1:80");
    flags.put(Setting.ADMIN, ":81");
    flags.put(Setting.SITE, folder.toString());
    flags.put(Setting.MEDIA, folder.resolve("up/loads").toString());
    flags.put(Setting.APP, "http://127.0.0.1:9000/");
    flags.put(Setting.ADMIN_HOSTS, "admin.,cms.example.org");
    flags.put(Setting.DATABASE, "mysql://me:p%40ss+1@db:3307/wp");
    flags.put(Setting.DATA, "elsewhere");
    Config config = read(flags);
    assertEquals(
        List.of(
            new HostPort("10.0.0.2", 7800),
            new HostPort("10.0.0.3", 7810),
            new HostPort("::1", 7820)),
        config.cluster().peers());
    assertEquals(new FailoverConfig(true, 1000), config.cluster().failover());
    assertEquals(List.of(URI.create("http://127.0.0.1:9000")), config.edge().apps());
    assertEquals(List.of("admin.", "cms.example.org"), config.edge().adminHosts());
    assertEquals("/up/loads/", config.media().path());
    assertEquals(new HostPort("0.0.0.0", 81), config.admin().address());
    assertEquals(
        new DatabaseConfig(new HostPort("db", 3307), "me", "p@ss+1", "wp"),
        config.database().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "http://h,http://h:80",
    "fastcgi://127.0.0.1/,fastcgi://127.0.0.1:9000",
    "fastcgi+unix:/run/php.sock,fastcgi+unix:/run/php.sock"
  })
  void an_application_may_speak_http_or_fastcgi(String written, String read) throws BadConfig {
    Config config =
        read(Map.of(Setting.JOIN, "c", Setting.SITE, folder.toString(), Setting.APP, written));
    assertEquals(List.of(URI.create(read)), config.edge().apps());
  }

  @Test
  void a_node_may_have_several_applications() throws Exception {
    List<URI> two = List.of(URI.create("http://127.0.0.1:3000"), URI.create("http://app2:3000"));
    for (String written : List.of(
        "app: http://127.0.0.1:3000, http://app2:3000",
        "app: [http://127.0.0.1:3000, http://app2:3000]")) {
      Path file = file("join: c\n" + written + "\n");
      assertEquals(
          two,
          new ConfigReader(Map.of(), () -> MACHINE)
              .read(Map.of(), Optional.of(file))
              .edge()
              .apps());
    }
    assertEquals(
        two,
        read(Map.of(Setting.JOIN, "c", Setting.APP, "http://127.0.0.1:3000,http://app2:3000/"))
            .edge()
            .apps());
  }

  @Test
  void all_that_is_wrong_with_several_applications_is_told_at_once() {
    String many = IntStream.range(0, 16)
        .mapToObj(i -> "http://h:" + (3000 + i))
        .collect(Collectors.joining(","));
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> read(
            Map.of(Setting.JOIN, "c", Setting.APP, many + ",ftp://h,http://h:3000/,fastcgi://h")));
    assertEquals(
        List.of(
            "--app 'ftp://h': " + ConfigReader.APP_FIX,
            "--app: has 18 applications, and 16 is the most a node can have for one site; write"
                + " fewer",
            "--app: names http://h:3000 twice; write each application once",
            "--app: mixes http:// and fastcgi; write one kind, or give the other a site of its own",
            "--app '" + many + ",ftp://h,http://h:3000/,fastcgi://h': needs --site as well: the"
                + " folder that its scripts lie in"),
        bad.problems().stream().map(Problem::toString).toList());
    assertThrows(BadConfig.class, () -> read(Map.of(Setting.JOIN, "c", Setting.APP, ", ,")));
  }

  @Test
  void what_the_other_nodes_are_told_of_applications_is_limited_in_bytes() throws Exception {
    String socket = "fastcgi+unix:/" + "\u00e9".repeat(50);
    String server = "fastcgi://" + "h".repeat(1911) + ":900";
    String longest = socket + "," + server;
    Config config =
        read(Map.of(Setting.JOIN, "c", Setting.APP, longest, Setting.SITE, folder.toString()));
    assertEquals(List.of(URI.create(socket), URI.create(server)), config.edge().apps());
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> read(Map.of(
            Setting.JOIN, "c", Setting.APP, longest + "0", Setting.SITE, folder.toString())));
    assertEquals(
        List.of("--app: takes 2049 bytes to tell the other nodes of, and 2048 is the most; write"
            + " shorter names"),
        bad.problems().stream().map(Problem::toString).toList());
  }

  @Test
  void flags_win_over_environment_over_file() throws Exception {
    Path file = file("join: from-file\nname: from-file\nport: 7100\n");
    Config config = new ConfigReader(
            Map.of("APPLIANCE_NAME", "from-env", "APPLIANCE_PORT", "7200"), () -> MACHINE)
        .read(Map.of(Setting.PORT, "7300"), Optional.of(file));
    assertEquals("from-file", config.cluster().cluster());
    assertEquals("from-env", config.cluster().node());
    assertEquals(7300, config.cluster().port());
  }

  @Test
  void all_problems_are_told_at_once_each_with_place_value_and_fix() {
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> read(Map.of(
            Setting.PORT, "99999",
            Setting.HTTP, "eighty",
            Setting.SITE, "/no/such/folder",
            Setting.NAME, "a b")));
    assertEquals(
        List.of(
            "--join: is missing; name the cluster to join or to found",
            "--name 'a b': write 1 to 63 letters, digits, '.', '_' or '-'",
            "--port '99999': write a port from 1 to 65526",
            "--site '/no/such/folder': is not a folder; give the document root, or leave it out",
            "--http 'eighty': write ADDRESS:PORT, for example 0.0.0.0:8080"),
        bad.problems().stream().map(Problem::toString).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "PORT,abc",
    "PORT,0",
    "PORT,65527",
    "HTTP,1.2.3.4:99999",
    "HTTP,1.2.3.4:0",
    "HTTP,host",
    "ADMIN,0.0.0.0:8080",
    "ADMIN,0.0.0.0:7803",
    "HTTP,0.0.0.0:7809",
    "APP,ftp://x",
    "APP,fastcgi://x",
    "APP,fastcgi+unix:relative",
    "APP,http://x/path",
    "APP,https://x",
    "APP,http://x:70000",
    "PEERS,a:b:c",
    "PEERS,a:x",
    "BIND,0.0.0.0",
    "DATABASE,mysql://db/x",
    "DATABASE,mysql://u@db",
    "DATABASE,jdbc:mysql://u@db/x",
    "DATABASE,mysql://u@db/a b",
    "MEDIA_PATH,media",
    "APP_HEALTH_PATH,x",
    "NAME,-x",
    "EXPECT,0",
    "EXPECT,65",
    "WITNESS,perhaps",
    "FAILOVER,sooner",
    "PRIORITY,1001",
    "DATABASE_PASSWORD_FILE,/no/such/file"
  })
  void a_wrong_value_is_refused_by_its_own_flag(Setting setting, String value) {
    Map<Setting, String> flags = new EnumMap<>(Map.of(Setting.JOIN, "c"));
    flags.put(Setting.DATABASE, "mysql://u@db/x");
    flags.put(setting, value);
    BadConfig bad = assertThrows(BadConfig.class, () -> read(flags));
    assertEquals(
        List.of(setting.flag()), bad.problems().stream().map(Problem::place).toList());
  }

  @Test
  void a_password_is_never_shown() {
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> read(Map.of(Setting.JOIN, "c", Setting.DATABASE, "mysql://u:s3cret@db/x/y")));
    assertFalse(String.valueOf(bad.getMessage()).contains("s3cret"));
    assertTrue(String.valueOf(bad.getMessage()).contains("mysql://u:***@db/x/y"));
    DatabaseConfig config = new DatabaseConfig(new HostPort("db", 1), "u", "s3cret", "x");
    assertFalse(config.toString().contains("s3cret"));
  }

  @Test
  void the_password_may_lie_in_a_file_or_in_the_environment() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "from file\n");
    Map<Setting, String> url = Map.of(Setting.JOIN, "c", Setting.DATABASE, "mysql://u@db/x");
    Map<Setting, String> file = new EnumMap<>(url);
    file.put(Setting.DATABASE_PASSWORD_FILE, secret.toString());
    assertEquals("from file", read(file).database().orElseThrow().password());
    Config environment = new ConfigReader(
            Map.of("APPLIANCE_DATABASE_PASSWORD", "from env"), () -> MACHINE)
        .read(url, Optional.empty());
    assertEquals("from env", environment.database().orElseThrow().password());
  }

  @Test
  void an_access_log_that_would_be_served_is_refused() {
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> read(Map.of(
            Setting.JOIN, "c",
            Setting.SITE, folder.toString(),
            Setting.ACCESS_LOG, folder.resolve("logs/access.log").toString())));
    assertTrue(String.valueOf(bad.getMessage()).contains("--access-log"), bad.getMessage());
  }

  @Test
  void a_data_folder_that_would_be_served_or_copied_is_refused() {
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> read(Map.of(
            Setting.JOIN, "c",
            Setting.SITE, folder.toString(),
            Setting.DATA, folder.resolve("data").toString())));
    assertEquals("--data", bad.problems().get(0).place());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "join: [a | is not YAML",
        "'- a' | is not made of key: value lines",
        "joyn: a | no such key; did you mean join?",
        "httpsRedirect: 443 | did you mean https-redirect?",
        "app_health_path: / | did you mean app-health-path?",
        "cheese: a | no such key; known are join, name,",
        "redirects: [] | it belongs below default-site",
        "headers: {X-A: b} | not a map: those belong below default-site",
        "root: /srv | it belongs to one of the sites; the default site's is called site",
        "join: {a: b} | write one value here",
        "port: seven | write a port",
        "admin-hosts: https://admin.example.org | write a host without scheme or port",
        "name: @web | put it in quotes",
        "'join: a\n  http: b' | indent this line as those around it",
      })
  void what_is_wrong_with_a_file_is_told_with_the_files_name(String text, String told)
      throws IOException {
    Path file = file(text);
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> new ConfigReader(Map.of(), () -> MACHINE)
            .read(Map.of(Setting.JOIN, "c"), Optional.of(file)));
    assertTrue(String.valueOf(bad.getMessage()).contains(told), bad.getMessage());
    assertTrue(String.valueOf(bad.getMessage()).contains("appliance.yaml"), bad.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"join: [a | is not YAML", "'- a' | is not made of key: value lines"})
  void of_a_file_that_cannot_be_read_nothing_else_is_told(String text, String told)
      throws IOException {
    Path file = file(text);
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> new ConfigReader(Map.of(), () -> MACHINE)
            .read(Map.of(Setting.HTTP, "eighty"), Optional.of(file)));
    assertEquals(1, bad.problems().size(), bad.getMessage());
    assertTrue(bad.problems().get(0).fix().contains(told), bad.getMessage());
  }

  @Test
  void text_that_is_not_utf_8_is_told_as_that() throws IOException {
    Path latin = Files.write(folder.resolve("latin"), new byte[] {'#', (byte) 0xfc, '\n'});
    ConfigReader reader = new ConfigReader(Map.of(), () -> MACHINE);
    BadConfig bad = assertThrows(BadConfig.class, () -> reader.read(Map.of(), Optional.of(latin)));
    assertTrue(bad.problems().get(0).fix().contains("save it as UTF-8"), bad.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "latin,not UTF-8",
    "empty,an empty first line",
    "folder,cannot be read",
    "none,no such"
  })
  void a_password_file_without_a_password_is_told_with_the_cause(String name, String told)
      throws IOException {
    Files.write(folder.resolve("latin"), new byte[] {(byte) 0xfc, '\n'});
    Files.writeString(folder.resolve("empty"), "\npassword");
    Files.createDirectory(folder.resolve("folder"));
    BadConfig bad = assertThrows(
        BadConfig.class,
        () -> read(Map.of(
            Setting.JOIN, "c",
            Setting.DATABASE, "mysql://me@db/wp",
            Setting.DATABASE_PASSWORD_FILE, folder.resolve(name).toString())));
    assertTrue(bad.problems().get(0).fix().contains(told), bad.getMessage());
  }

  @Test
  void the_file_that_we_ship_sets_only_what_it_says() throws BadConfig {
    Path shipped = Path.of(System.getProperty("project.directory", "."), "conf/appliance.yaml");
    Config config = new ConfigReader(Map.of(), () -> MACHINE).read(Map.of(), Optional.of(shipped));
    assertEquals(read(Map.of(Setting.JOIN, "cluster")), config);
  }

  @Test
  void the_file_that_we_ship_names_every_setting_with_its_default() throws IOException {
    String shipped = Files.readString(
        Path.of(System.getProperty("project.directory", "."), "conf/appliance.yaml"));
    for (Setting setting : Setting.values()) {
      String line = "(?m)^#? ?" + setting.key() + ":.*";
      assertTrue(java.util.regex.Pattern.compile(line).matcher(shipped).find(), setting.key());
    }
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("appliance.yaml"), text);
  }

  private static Config read(Map<Setting, String> flags) throws BadConfig {
    return new ConfigReader(Map.of(), () -> MACHINE).read(flags, Optional.empty());
  }
}
