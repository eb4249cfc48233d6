package appliance.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StaticFilesTest {

  @TempDir
  private Path folder;

  private FileServer server;

  @BeforeEach
  void start() {
    serve(FileRoot.site(folder)
        .withCacheRules(
            List.of(new CacheRule(path -> path.endsWith(".woff2"), "public, max-age=600"))));
  }

  private void serve(FileRoot root) {
    server = new FileServer(new StaticFiles(root, FileServer.NEXT));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void a_file_comes_with_its_type_validators_and_length() throws Exception {
    FileServer.write(folder, "a/page.html", "<p>ä</p>");
    for (int i = 0; i < 4; i++) {
      RawResponse response = server.get("/a/page.html");
      assertEquals(200, response.status());
      assertEquals("<p>ä</p>", response.text());
      assertEquals("text/html; charset=utf-8", response.field("Content-Type"));
      assertEquals("9", response.field("Content-Length"));
      assertEquals(FileServer.LAST_MODIFIED, response.field("Last-Modified"));
      assertTrue(response.field("ETag").matches("\"[0-9a-f]+-[0-9a-f]+\""), response.field("ETag"));
      assertEquals("bytes", response.field("Accept-Ranges"));
      assertEquals("nosniff", response.field("X-Content-Type-Options"));
      assertFalse(response.has("Vary"));
      assertFalse(response.has("Cache-Control"));
    }
  }

  @Test
  void head_has_the_fields_of_get_and_no_content() throws Exception {
    FileServer.write(folder, "a.txt", "x".repeat(5000));
    FileServer.write(folder, "b.bin", new byte[300_000]);
    for (int i = 0; i < 3; i++) {
      for (String target : List.of("/a.txt", "/b.bin")) {
        for (String coding : List.of("gzip", "identity")) {
          RawResponse get = server.get(target, "Accept-Encoding: " + coding);
          RawResponse head = server.send("HEAD", target, "Accept-Encoding: " + coding);
          assertEquals(0, head.content().length);
          head.fields().remove("date");
          get.fields().remove("date");
          assertEquals(get.fields(), head.fields());
        }
      }
    }
  }

  @Test
  void large_files_of_any_size_come_whole() throws Exception {
    Random random = new Random(1);
    for (int size : List.of(0, 1, 65_535, 65_536, 65_537, 1_048_576, 5_000_001)) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      FileServer.write(folder, size + ".bin", content);
      for (int i = 0; i < 3; i++) {
        RawResponse response = server.get("/" + size + ".bin");
        assertEquals(200, response.status());
        assertArrayEquals(content, response.content());
        assertEquals("application/octet-stream", response.field("Content-Type"));
      }
    }
  }

  @Test
  void cache_control_follows_the_rules() throws Exception {
    FileServer.write(folder, "f.woff2", "font");
    RawResponse response = server.get("/f.woff2");
    assertEquals("public, max-age=600", response.field("Cache-Control"));
    assertEquals("font/woff2", response.field("Content-Type"));
    RawResponse known = server.get("/f.woff2", "If-None-Match: " + response.field("ETag"));
    assertEquals(304, known.status());
    assertEquals("public, max-age=600", known.field("Cache-Control"));
  }

  @Test
  void a_folder_with_an_index_is_shown_below_its_slash() throws Exception {
    FileServer.write(folder, "docs/ü b/index.html", "index");
    assertEquals("index", server.get("/docs/%C3%BC%20b/").text());
    RawResponse response = server.get("/docs/%C3%BC%20b?q=1");
    assertEquals(301, response.status());
    assertEquals("/docs/%C3%BC%20b/?q=1", response.field("Location"));
    assertEquals(299, server.get("/docs").status(), "no index");
    assertEquals(299, server.get("/docs/").status(), "no index");
    assertEquals(299, server.get("/docs/%C3%BC%20b/index.html/").status(), "no folder");
  }

  @Test
  void a_redirect_never_leads_to_another_host() throws Exception {
    FileServer.write(folder, "evil.com/index.html", "index");
    assertEquals(299, server.get("//evil.com").status());
    assertEquals(299, server.get("//evil.com/").status());
    assertEquals(299, server.get("/%5Cevil.com").status());
    assertEquals("/evil.com/", server.get("/evil.com").field("Location"));
  }

  @Test
  void other_methods_belong_to_the_application() throws Exception {
    FileServer.write(folder, "a.txt", "a");
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND")) {
      assertEquals(299, server.send(method, "/a.txt", "Content-Length: 0").status(), method);
    }
  }

  @Test
  void without_an_application_other_methods_are_refused_where_a_file_is() throws Exception {
    FileServer.write(folder, "a.txt", "a");
    server.close();
    serve(FileRoot.site(folder).with(FileRoot.Behind.NOTHING));
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "PROPFIND")) {
      RawResponse response = server.send(method, "/a.txt", "Content-Length: 0");
      assertEquals(405, response.status());
      assertEquals("GET, HEAD, OPTIONS", response.field("Allow"));
    }
    RawResponse options = server.send("OPTIONS", "/a.txt");
    assertEquals(204, options.status());
    assertEquals("GET, HEAD, OPTIONS", options.field("Allow"));
    assertEquals(299, server.send("POST", "/b.txt", "Content-Length: 0").status());
  }

  @Test
  void a_change_shows_within_a_second() throws Exception {
    Path file = FileServer.write(folder, "a.txt", "one");
    for (int i = 0; i < 5; i++) {
      assertEquals("one", server.get("/a.txt").text());
    }
    Files.writeString(file, "two");
    Await.until("the change shows", () -> server.get("/a.txt").text().equals("two"));
    Files.delete(file);
    Await.until("the application gets what is gone", () -> server.get("/a.txt").status() == 299);
    Files.writeString(file, "three");
    Await.until("the new one shows", () -> server.get("/a.txt").text().equals("three"));
  }

  @Test
  void an_unreadable_file_is_forbidden() throws Exception {
    Path file = FileServer.write(folder, "a.txt", "a");
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("---------"));
    org.junit.jupiter.api.Assumptions.assumeFalse(Files.isReadable(file), "runs as root");
    assertEquals(403, server.get("/a.txt").status());
  }
}
