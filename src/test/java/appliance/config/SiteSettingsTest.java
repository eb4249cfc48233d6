package appliance.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of sites in the configuration file. */
final class SiteSettingsTest {

  @TempDir
  private Path folder = Path.of("");

  @BeforeEach
  void make_roots() throws IOException {
    for (String name : List.of("shop", "docs", "shop/inner")) {
      Files.createDirectories(folder.resolve(name));
    }
    Files.writeString(folder.resolve("shop/index.php"), "");
  }

  private List<SiteConfig> read(String sites) throws IOException, BadConfig {
    Path file = folder.resolve("appliance.yaml");
    Files.writeString(file, "join: test\n" + sites.replace("FOLDER", folder.toString()));
    return new ConfigReader(Map.of(), () -> new LocalMachine("web1", "127.0.0.1"))
        .read(Map.of(), Optional.of(file))
        .edge()
        .sites();
  }

  private List<String> problems(String sites) {
    BadConfig bad = assertThrows(BadConfig.class, () -> read(sites));
    return bad.problems().stream()
        .map(problem -> problem.toString().replace(folder.toString(), "FOLDER"))
        .toList();
  }

  @Test
  void a_site_has_hosts_files_and_an_application() throws Exception {
    List<SiteConfig> sites = read("""
        admin-hosts: [admin., cms.example]
        app-health-path: /up
        sites:
          - name: shop
            hosts: [Shop.example, "*.shop.example"]
            root: FOLDER/shop
            app: fastcgi+unix:/run/php.sock
          - name: docs
            hosts: docs.example
            app: http://127.0.0.1:9001
            app-health-path: /health
            admin-hosts: [write.docs.example, "edit."]
        """);
    assertEquals(
        List.of(
            new SiteConfig(
                    "shop",
                    List.of("shop.example", "*.shop.example"),
                    List.of("admin."),
                    Optional.of(folder.resolve("shop")),
                    Optional.of(new SiteConfig.Application(
                        URI.create("fastcgi+unix:/run/php.sock"), Optional.of("/index.php"))))
                .checkedAt("/up"),
            new SiteConfig(
                    "docs",
                    List.of("docs.example"),
                    List.of("write.docs.example", "edit."),
                    Optional.empty(),
                    Optional.of(new SiteConfig.Application(
                        URI.create("http://127.0.0.1:9001"), Optional.of("/index.php"))))
                .checkedAt("/health")),
        sites);
  }

  @Test
  void a_health_path_is_asked_of_php_only_if_somebody_wrote_it() throws Exception {
    String site = "sites: [{name: a, hosts: [a.example]%s}]\n";
    assertEquals(Optional.empty(), read(site.formatted("")).get(0).healthPath());
    assertEquals(
        Optional.of("/"),
        read("app-health-path: /\n" + site.formatted("")).get(0).healthPath());
    assertEquals(
        Optional.of("/up"),
        read(site.formatted(", app-health-path: /up")).get(0).healthPath());
  }

  @Test
  void all_problems_of_all_sites_are_told_at_once_each_with_its_place_value_and_fix() {
    assertEquals(
        List.of(
            "sites[0].hosts[1] in FOLDER/appliance.yaml 'http://b.example': write a host without"
                + " scheme or port: shop.example.com, *.example.com for all below, or *",
            "sites[0].root in FOLDER/appliance.yaml 'FOLDER/nowhere': is not a folder; give the"
                + " site's document root, or leave it out",
            "sites[1].colour in FOLDER/appliance.yaml: no such key; known are " + known(),
            "sites[1].name in FOLDER/appliance.yaml 'a': is the name of another site; choose"
                + " another (see sites[0].name)",
            "sites[1].hosts in FOLDER/appliance.yaml 'A.example': is a host already; a host has one"
                + " site (see sites[0].hosts[0])",
            "sites[1].app in FOLDER/appliance.yaml 'fastcgi://127.0.0.1': needs root as well: the"
                + " folder its scripts lie in",
            "sites[2] in FOLDER/appliance.yaml: has no name; the nodes of a cluster know a site by"
                + " its name",
            "sites[2] in FOLDER/appliance.yaml: has no hosts; write those whose requests are for"
                + " it: hosts: [shop.example.com]"),
        problems("""
            sites:
              - name: a
                hosts: [a.example, "http://b.example"]
                root: FOLDER/nowhere
              - name: a
                colour: red
                hosts: A.example
                app: fastcgi://127.0.0.1
              - {}
            """));
  }

  @Test
  void a_site_may_have_several_applications_of_one_kind_each_once() throws Exception {
    String site = """
        sites:
          - {name: a, hosts: [a.example], root: FOLDER/docs, app: [%s]}
        """;
    assertEquals(
        List.of(URI.create("fastcgi://127.0.0.1:9001"), URI.create("fastcgi+unix:/run/php.sock")),
        read(site.formatted("'fastcgi://127.0.0.1:9001', 'fastcgi+unix:/run/php.sock'"))
            .get(0)
            .app()
            .orElseThrow()
            .urls());
    assertEquals(
        List.of(
            "sites[0].app[1] in FOLDER/appliance.yaml 'ftp://h': " + ConfigReader.APP_FIX,
            "sites[0].app in FOLDER/appliance.yaml: names http://h:80 twice; write each application"
                + " once",
            "sites[0].app in FOLDER/appliance.yaml: mixes http:// and fastcgi; write one kind, or"
                + " give the other a site of its own"),
        problems(site.formatted("'http://h', 'ftp://h', 'http://h:80', 'fastcgi://h'")));
  }

  private static String known() {
    return String.join(", ", SiteSettings.KEYS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: Admin Site | sites[0].name",
        "name: other | sites[0].name",
        "name: {a: b} | sites[0].name",
        "name: a, hosts: ['a.*.example'] | sites[0].hosts[0]",
        "name: a, hosts: ['a..example'] | sites[0].hosts[0]",
        "name: a, hosts: ['a.example:80'] | sites[0].hosts[0]",
        "name: a, hosts: ['a.example/x'] | sites[0].hosts[0]",
        "name: a, hosts: [[a.example]] | sites[0].hosts[0]",
        "name: a, hosts: [a.example], admin-hosts: ['*.a.example'] | sites[0].admin-hosts[0]",
        "name: a, hosts: [a.example], app: ftp://x | sites[0].app",
        "name: a, hosts: [a.example], app-health-path: up | sites[0].app-health-path",
        "name: a, hosts: [a.example], front-controller: ../x.php | sites[0].front-controller",
        "name: a, hosts: [a.example], media: a | sites[0].media",
        "name: a, hosts: [a.example], media-path: /a/ | sites[0].media-path",
        "name: a, hosts: [a.example], never-served: ['private'] | sites[0].never-served[0]",
        "name: a, hosts: [a.example], never-served: ['~('] | sites[0].never-served[0]",
        "name: a, hosts: [a.example], never-served: ['~((a{99}){99}){99}'] | sites[0].never-served[0]",
        "name: a, hosts: [a.example], uploads: [/up] | sites[0].uploads[0]",
        "name: a, hosts: [a.example], encoded-slashes: 'yes' | sites[0].encoded-slashes",
        "name: a, hosts: [a.example], redirects: [{from: /a}] | sites[0].redirects[0]",
        "name: a, hosts: [a.example], redirects: [{to: /a}] | sites[0].redirects[0]",
        "name: a, hosts: [a.example], redirects: [/a] | sites[0].redirects[0]",
        "name: a, hosts: [a.example], redirects: [{from: /a, to: /a}] | sites[0].redirects[0]",
        "name: a, hosts: [a.example], redirects: [{from: /*, to: /new/$1}] | sites[0].redirects[0]",
        "name: a, hosts: [a.example], redirects: [{from: /*, to: 'http://A.example/$1'}] | sites[0].redirects[0]",
        "name: a, hosts: [a.example], redirects: [{from: /a, to: /$1}] | sites[0].redirects[0].to",
        "name: a, hosts: [a.example], redirects: [{from: '/*', to: 'https://$1/'}] | sites[0].redirects[0].to",
        "name: a, hosts: [a.example], redirects: [{from: '/*', to: '//x'}] | sites[0].redirects[0].to",
        "name: a, hosts: [a.example], redirects: [{from: /a, to: /b, status: 200}] | sites[0].redirects[0].status",
        "name: a, hosts: [a.example], rewrites: [{from: /a, to: 'http://b/'}] | sites[0].rewrites[0].to",
        "name: a, hosts: [a.example], headers: [X] | sites[0].headers",
        "name: a, hosts: [a.example], headers: {Content-Length: 1} | sites[0].headers.Content-Length",
        "name: a, hosts: [a.example], headers: {X: ü} | sites[0].headers.X",
        "name: a, hosts: [a.example], cache-control: [{path: /a}] | sites[0].cache-control[0]",
        "name: a, hosts: [a.example], error-pages: /no/such | sites[0].error-pages",
        "name: a, hosts: [a.example], https-redirect: 443 | sites[0].https-redirect",
        "name: a, hosts: [a.example], hsts: soon | sites[0].hsts",
        "name: a, hosts: [a.example], compression: best | sites[0].compression",
      })
  void a_wrong_value_is_refused_at_its_place(String site, String place) {
    List<String> told = problems("sites: [{" + site + "}]\n");
    assertTrue(told.get(0).startsWith(place + " in "), told.toString());
  }

  @ParameterizedTest
  @CsvSource({"on,on,true", "on,off,false", "off,on,true", "on,,true", ",,false"})
  void a_site_is_compressed_as_it_says_or_as_all_are(
      @Nullable String all, @Nullable String own, boolean compressed) throws Exception {
    String sites = "sites: [{name: a, hosts: [a.example]" + key(", ", own) + "}]\n";
    assertEquals(
        compressed, read(key("\n", all) + "\n" + sites).get(0).answers().compression());
  }

  private static String key(String before, @Nullable String value) {
    return value == null ? "" : before + "compression: " + value;
  }

  @Test
  void what_is_no_list_of_sites_is_refused() {
    assertTrue(problems("sites: shop\n").get(0).startsWith("sites in "));
    assertTrue(problems("sites: [shop]\n").get(0).startsWith("sites[0] in "));
  }

  @Test
  void a_front_controller_that_is_not_there_is_refused() {
    List<String> told = problems("""
        sites:
          - name: shop
            hosts: [shop.example]
            root: FOLDER/shop
            app: fastcgi://127.0.0.1:9000
            front-controller: /app.php
        """);
    assertTrue(told.get(0).contains("is not in FOLDER/shop"), told.toString());
  }

  @Test
  void a_site_within_the_files_of_another_is_refused_and_the_same_files_are_not() throws Exception {
    String two = """
        sites:
          - {name: a, hosts: [a.example], root: FOLDER/shop}
          - {name: b, hosts: [b.example], root: FOLDER/%s}
        """;
    assertTrue(problems(two.formatted("shop/inner")).get(0).contains("lies within the files"));
    assertTrue(problems("site: FOLDER\n" + two.formatted("docs")).get(0).contains("lies within"));
    assertEquals(2, read(two.formatted("shop")).size(), "a multisite has one root");
  }

  @Test
  void a_site_may_have_a_part_of_the_media_which_is_nobody_elses() throws Exception {
    String sites = """
        media: FOLDER/media
        sites:
          - {name: a, hosts: [a.example], media: a, media-path: /wp-content/uploads/}
          - {name: b, hosts: [b.example], media: %s}
        """;
    List<SiteConfig> both = read(sites.formatted("b"));
    assertEquals(
        new SiteMedia(folder.resolve("media/a"), "a", "/wp-content/uploads/", "/media/a/"),
        both.get(0).media().orElseThrow());
    assertEquals("/media/", both.get(1).media().orElseThrow().path());
    for (String wrong : List.of("a", "../x", "a/b", ".x")) {
      String told = problems(sites.formatted(wrong)).get(0);
      assertTrue(told.startsWith("sites[1].media in "), told);
    }
  }

  @Test
  void a_data_folder_within_a_site_is_refused() {
    List<String> told = problems("""
        data: FOLDER/shop/data
        sites: [{name: a, hosts: [a.example], root: FOLDER/shop}]
        """);
    assertTrue(told.get(0).startsWith("data in "), told.toString());
  }

  @Test
  void the_example_that_we_ship_is_read_as_it_stands() throws Exception {
    String shipped = Files.readString(
        Path.of(System.getProperty("project.directory", "."), "conf/appliance.yaml"));
    String example = shipped.substring(shipped.indexOf("# sites:")).replaceAll("(?m)^# ?", "");
    List<SiteConfig> sites = read(example
            .replace("/var/www/shop", folder.resolve("shop").toString())
            .replace("/var/www/docs", folder.resolve("docs").toString())
            .replace("/etc/appliance/shop", folder.toString())
        + "media: FOLDER/media\nhttps: 127.0.0.1:8443\ncertificates: [FOLDER/shop/index.php]\n");
    assertEquals(List.of("shop", "docs"), sites.stream().map(SiteConfig::name).toList());
    for (String key : SiteSettings.KEYS) {
      assertTrue(example.contains(" " + key + ":"), key + " is not explained");
    }
  }
}
