package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NeverServedTest {

  private static final String SECRET = "the secret";

  @TempDir
  private Path outside;

  private Path folder;
  private FileServer site;
  private FileServer media;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(outside.resolve("root"));
    FileServer.write(outside, "secret.txt", SECRET);
    FileServer.write(outside, "root-beside/secret.txt", SECRET);
    FileServer.write(folder, "a/b.txt", "public");
    site = new FileServer(new StaticFiles(FileRoot.site(folder), FileServer.NEXT));
    media = new FileServer(new StaticFiles(FileRoot.media(folder, "/media/"), FileServer.NEXT));
  }

  @AfterEach
  void stop() {
    site.close();
    media.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.txt",
        "/a/../../secret.txt",
        "/a/./../../secret.txt",
        "/%2e%2e/secret.txt",
        "/.%2e/secret.txt",
        "/%2e./secret.txt",
        "/%252e%252e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/a/..%2f..%2fsecret.txt",
        "/a%2f..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/a/..;/../secret.txt",
        "/a/..;x=y/..;/secret.txt",
        "/a/%2e%2e;/%2e%2e;/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%c0%ae%c0%ae%c0%afsecret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/%uff0e%uff0e/secret.txt",
        "/../root-beside/secret.txt",
        "/%2e%2e/root-beside/secret.txt",
        "//secret.txt",
        "//../secret.txt",
        "/./../secret.txt",
        "/a//../../secret.txt",
        "/secret.txt%00.html",
        "/../secret.txt%00",
        "/%00/../secret.txt",
        "/a/%0a../../secret.txt",
        "/....//secret.txt",
        "/.../secret.txt",
        "/~/secret.txt",
      })
  void no_encoding_of_a_path_leaves_the_root(String target) throws Exception {
    for (String prefix : List.of("", "/media")) {
      RawResponse response = (prefix.isEmpty() ? site : media).get(prefix + target);
      assertFalse(response.text().contains(SECRET), response.text());
      assertTrue(List.of(299, 400, 404).contains(response.status()), "" + response.status());
    }
  }

  @Test
  void an_absolute_path_is_taken_below_the_root() throws Exception {
    assertEquals(299, site.get(outside.resolve("secret.txt").toString()).status());
    assertEquals(299, site.get("/" + outside.resolve("secret.txt")).status());
  }

  @Test
  void links_inside_work_and_links_out_are_refused() throws Exception {
    Files.createSymbolicLink(folder.resolve("in.txt"), Path.of("a/b.txt"));
    Files.createSymbolicLink(folder.resolve("in"), folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("out.txt"), Path.of("../secret.txt"));
    Files.createSymbolicLink(folder.resolve("out"), outside);
    Files.createSymbolicLink(folder.resolve("out2"), outside.resolve("root-beside"));
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nothing"));
    assertEquals("public", site.get("/in.txt").text());
    assertEquals("public", site.get("/in/b.txt").text());
    assertEquals(404, site.get("/out.txt").status());
    assertEquals(404, site.get("/out/secret.txt").status());
    assertEquals(404, site.get("/out2/secret.txt").status());
    assertEquals(299, site.get("/loop").status());
    assertEquals(299, site.get("/dangling").status());
  }

  @Test
  void the_compressed_file_beside_may_not_be_a_link_out() throws Exception {
    FileServer.write(folder, "s.js", "plain");
    Files.createSymbolicLink(folder.resolve("s.js.br"), Path.of("../secret.txt"));
    RawResponse response = site.get("/s.js", "Accept-Encoding: br");
    assertEquals("plain", response.text());
  }

  @Test
  void the_root_itself_may_be_a_link_and_be_switched() throws Exception {
    Path current = outside.resolve("current");
    Files.createSymbolicLink(current, folder);
    try (FileServer server =
        new FileServer(new StaticFiles(FileRoot.site(current), FileServer.NEXT))) {
      assertEquals("public", server.get("/a/b.txt").text());
    }
  }

  @Test
  void special_files_are_never_opened() throws Exception {
    Process mkfifo = new ProcessBuilder("mkfifo", folder.resolve("pipe.txt").toString()).start();
    assertTrue(mkfifo.waitFor(60, TimeUnit.SECONDS));
    assertEquals(299, site.get("/pipe.txt").status());
    Files.createSymbolicLink(folder.resolve("zero"), Path.of("/dev/zero"));
    assertEquals(404, site.get("/zero").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".env",
        ".git/config",
        "a/.htaccess",
        ".appliance-1234.part",
        "x/.appliance-tmp/y.jpg",
        "wp-config.php~",
        "wp-config.php.bak",
        "wp-config.php.swp",
        "dump.sql",
        "DUMP.SQL.GZ",
        "a/.well-known/x.txt",
        "site.old",
        "data.sqlite",
      })
  void what_is_hidden_here_is_not_found_and_nobody_else_is_asked(String name) throws Exception {
    FileServer.write(folder, name, SECRET);
    assertEquals(404, site.get("/" + name).status());
    assertEquals(404, media.get("/media/" + name).status());
  }

  @Test
  void a_hidden_name_that_is_not_here_may_be_an_application_s() throws Exception {
    assertEquals(299, site.get("/.auth/callback").status());
    assertEquals(404, media.get("/media/.auth/callback").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "index.php",
        "x.PHP",
        "x.php5",
        "x.phtml",
        "x.phar",
        "x.php.jpg",
        "x.phps",
        "node.module"
      })
  void a_script_is_the_application_s_on_the_site_and_nobody_s_among_media(String name)
      throws Exception {
    FileServer.write(folder, name, SECRET);
    assertEquals(299, site.get("/" + name).status());
    assertEquals(299, site.get("/" + name + "/info").status());
    assertEquals(404, media.get("/media/" + name).status());
    assertEquals(404, media.get("/media/" + name + "/info").status());
  }

  @Test
  void well_known_is_public() throws Exception {
    FileServer.write(folder, ".well-known/security.txt", "call us");
    assertEquals("call us", site.get("/.well-known/security.txt").text());
  }

  @Test
  void outside_of_its_prefix_everything_goes_on() throws Exception {
    assertEquals(299, media.get("/a/b.txt").status());
    assertEquals(299, media.get("/media").status());
    assertEquals("public", media.get("/media/a/b.txt").text());
  }

  @Test
  void names_too_long_for_a_file_system_go_on() throws Exception {
    assertEquals(299, site.get("/" + "x".repeat(255)).status());
    assertEquals(299, site.get("/" + "x".repeat(256)).status());
    assertEquals(299, site.get("/" + "x/".repeat(4000)).status());
    assertEquals(299, site.get("/a/b.txt/c").status());
  }
}
