package appliance.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the default site in the configuration file. */
final class DefaultSiteTest {

  @TempDir
  private Path folder = Path.of("");

  private EdgeConfig read(String text) throws IOException, BadConfig {
    Path file = folder.resolve("appliance.yaml");
    Files.writeString(file, "join: test\n" + text.replace("FOLDER", folder.toString()));
    return new ConfigReader(Map.of(), () -> new LocalMachine("web1", "127.0.0.1"))
        .read(Map.of(), Optional.of(file))
        .edge();
  }

  private List<String> problems(String text) {
    BadConfig bad = assertThrows(BadConfig.class, () -> read(text));
    return bad.problems().stream()
        .map(problem -> problem.toString().replace(folder.toString(), "FOLDER"))
        .toList();
  }

  @Test
  void it_has_the_rules_of_a_site_and_the_settings_that_there_are_for_it() throws Exception {
    Files.writeString(folder.resolve("start.php"), "");
    DefaultSite standard = read("""
            site: FOLDER
            media: FOLDER/images
            hsts: 1h
            compression: on
            headers: 50
            default-site:
              front-controller: /start.php
              never-served: [/private/*]
              uploads: [/skins/]
              redirects: [{from: /old, to: /new, status: 302}]
              rewrites: [{from: "/wiki/*", to: "/start.php?title=$1"}]
              encoded-slashes: pass
              headers: {X-Frame-Options: DENY}
              cache-control: [{path: "*.css", value: max-age=60}]
            """).standard();
    assertEquals(Optional.of("/start.php"), standard.frontController());
    assertTrue(standard.paths().neverServed().paths().get(0).matches("/private/x"));
    assertEquals(List.of("/skins/", "/images/"), standard.paths().uploads());
    assertEquals(302, standard.paths().redirects().get(0).status());
    assertEquals(1, standard.paths().rewrites().size());
    assertTrue(standard.paths().encodedSlashes());
    assertEquals(Map.of("X-Frame-Options", "DENY"), standard.answers().headers());
    assertEquals("max-age=60", standard.answers().cacheControl().get(0).value());
    assertEquals(Duration.ofHours(1), standard.answers().hsts());
    assertTrue(standard.answers().compression());
  }

  @Test
  void without_rules_it_is_what_its_settings_make() throws Exception {
    EdgeConfig edge = read("hsts: 1h\n");
    assertEquals(SitePaths.DEFAULTS, edge.standard().paths());
    assertEquals(edge.clients().answers(), edge.standard().answers());
    assertEquals(DefaultSite.DEFAULTS.frontController(), edge.standard().frontController());
    assertEquals(SitePaths.DEFAULTS, read("default-site:\n").standard().paths());
  }

  @Test
  void each_fault_is_told_with_its_place_and_what_to_write() {
    assertEquals(
        List.of(
            "default-site.root in FOLDER/appliance.yaml: no such key here: it is called site, at"
                + " the top of the file",
            "default-site.cheese in FOLDER/appliance.yaml: no such key; known are "
                + String.join(", ", SiteRules.DEFAULT_SITE_KEYS),
            "default-site.https-redirect in FOLDER/appliance.yaml: no such key here: it is set at"
                + " the top of the file, not indented",
            "default-site.redirects[0].status in FOLDER/appliance.yaml '200': write 301, 302, 303,"
                + " 307 or 308",
            "default-site.encoded-slashes in FOLDER/appliance.yaml 'maybe': write refuse or pass"),
        problems("""
            default-site:
              root: /var/www
              cheese: 1
              https-redirect: 443
              redirects: [{from: /a, to: /b, status: 200}]
              encoded-slashes: maybe
            """));
  }

  @Test
  void a_header_has_one_name_and_that_name_only() {
    String refused = "is not a field that can be set here; choose another, or leave it out";
    assertEquals(
        List.of(
            "default-site.headers.X.Frame-Options in FOLDER/appliance.yaml 'DENY': " + refused,
            "default-site.headers.Set-Cookie in FOLDER/appliance.yaml 'a': " + refused,
            "default-site.headers.x-powered-by in FOLDER/appliance.yaml 'b': is set twice: capitals"
                + " make no other field; leave one out"),
        problems("""
            default-site:
              headers: {X.Frame-Options: DENY, Set-Cookie: a, X-Powered-By: "", x-powered-by: b}
            """));
  }

  @Test
  void what_is_no_map_is_refused() {
    assertEquals(
        List.of("default-site in FOLDER/appliance.yaml 'yes please': write key: value lines here;"
            + " known are " + String.join(", ", SiteRules.DEFAULT_SITE_KEYS)),
        problems("default-site: yes please\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"WordPress", "Drupal and Backdrop", "MediaWiki"})
  void the_examples_of_the_handbook_are_read_as_they_stand(String chapter) throws Exception {
    String example = example(chapter, "site:");
    for (String place : List.of("wp-content/uploads", "files", "images")) {
      Files.createDirectories(folder.resolve(place));
    }
    Files.writeString(folder.resolve("index.php"), "");
    EdgeConfig edge = read(example + "\n");
    assertEquals(Optional.of(folder), edge.site());
    assertEquals(chapter.equals("MediaWiki"), edge.standard().paths().encodedSlashes());
  }

  /** The lines of the chapter's example, which begins with {@code first}. */
  private static String example(String chapter, String first) throws IOException {
    String handbook = Files.readString(
        Path.of(System.getProperty("project.directory", "."), "docs/OPERATING.md"));
    String text = handbook.substring(handbook.indexOf("\n## " + chapter + "\n"));
    return text.substring(text.indexOf("\n    " + first))
        .lines()
        .skip(1)
        .takeWhile(line -> line.startsWith("    "))
        .map(line -> line.substring(4).replaceAll("/var/www/[a-z]+", "FOLDER"))
        .filter(line -> !line.startsWith("https-redirect:")) // it needs https, as the line says
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "/blog/wp-admin/post.php, /wp-admin/post.php",
    "/blog/wp-content/uploads/a.png, /wp-content/uploads/a.png",
    "/blog/wp-login.php, /wp-login.php",
    "/blog/wp-cron.php, /wp-cron.php",
    "/blog/xmlrpc.php, /xmlrpc.php",
    "/blog/wp-config.php, ''",
    "/wp-admin/post.php, ''",
    "/wp-content/uploads/a.png, ''"
  })
  void the_rules_for_sites_in_folders_of_wordpress_do_what_they_say(String path, String rewritten)
      throws Exception {
    Files.writeString(folder.resolve("index.php"), "");
    String rules = example("WordPress", "    default-site:");
    SitePaths paths =
        read("site: FOLDER\n" + rules.stripIndent() + "\n").standard().paths();
    assertEquals(
        rewritten,
        paths.rewrites().stream()
            .flatMap(rule -> rule.from().parts(path).map(rule.to()::with).stream())
            .findFirst()
            .orElse(""));
  }

  @Test
  void the_example_for_java_is_read_as_it_stands() throws Exception {
    EdgeConfig edge = read(example("Java: Tomcat, Jetty, Spring Boot", "app:") + "\n");
    assertEquals(
        new Sticky(Sticky.Mode.APPLICATION, "JSESSIONID"),
        edge.traffic().balance().sticky());
  }

  @Test
  void the_example_for_spring_boot_hides_what_only_checks_ask_for() throws Exception {
    String chapter = "Java: Tomcat, Jetty, Spring Boot";
    String health = example(chapter, "    app-health-path:").stripIndent();
    EdgeConfig edge =
        read(example(chapter, "app:").lines().findFirst().orElseThrow() + "\n" + health + "\n");
    assertTrue(edge.standard().paths().neverServed().paths().stream()
        .anyMatch(path -> path.matches("/actuator/health/readiness")));
  }

  @Test
  void the_example_that_we_ship_is_read_as_it_stands() throws Exception {
    Files.writeString(folder.resolve("index.php"), "");
    String shipped = Files.readString(
        Path.of(System.getProperty("project.directory", "."), "conf/appliance.yaml"));
    String example = shipped
        .substring(shipped.indexOf("# default-site:"), shipped.indexOf("\n\n# More sites"))
        .replaceAll("(?m)^# ?", "");
    assertEquals(
        1, read("site: FOLDER\n" + example).standard().paths().redirects().size());
    for (String key : SiteRules.DEFAULT_SITE_KEYS) {
      assertTrue(example.contains(" " + key + ":"), key + " is not explained");
    }
  }
}
