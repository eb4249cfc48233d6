package appliance.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guestbook over real HTTP; H2 stands in for the master, which the scenarios try for real. */
final class DemoTest {

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 9
  };
  private static final Pattern PICTURE = Pattern.compile("src=\"/media/([0-9a-f]{32}\\.png)\"");

  @TempDir
  private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private final String masterUrl = "jdbc:h2:mem:" + UUID.randomUUID() + ";MODE=MariaDB;"
      + "DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;DB_CLOSE_DELAY=-1";
  private Demo demo;

  @BeforeEach
  void start() {
    MasterDatabase unused = new MasterDatabase("localhost", 1, "app", "secret", "guestbook");
    DemoConfig config = new DemoConfig(
        "node<1>", 0, unused, Optional.of(folder.resolve("replica.url")), media(), "/media/");
    demo = new Demo(config, () -> DriverManager.getConnection(masterUrl));
    demo.start();
  }

  @AfterEach
  void end() {
    demo.close();
  }

  @Test
  void an_entry_is_shown_with_every_character_made_harmless() throws Exception {
    HttpResponse<String> posted =
        post("author=%3Cb%3E&message=%3Cscript%3E%26%22%27%00+%F0%9F%8C%8D");
    assertEquals(303, posted.statusCode());
    String page = get("/").body();
    assertTrue(page.contains("&lt;script&gt;&amp;&quot;&#39; \uD83C\uDF0D"), page);
    assertTrue(page.contains("&lt;b&gt;"), page);
    assertTrue(page.contains("node&lt;1&gt;"), page);
    assertFalse(page.contains("<script"), page);
  }

  @Test
  void without_a_replica_the_page_comes_from_the_master_and_says_so() throws Exception {
    assertTrue(get("/").body().contains("Read from the master."));
    assertTrue(get("/").body().contains("cannot be read yet"));
  }

  @Test
  void the_replica_is_read_as_soon_as_its_file_is_there_and_no_longer_when_it_goes()
      throws Exception {
    get("/");
    Files.writeString(folder.resolve("replica.url"), masterUrl + "\n");
    assertTrue(get("/").body().contains("Read from the local replica."));
    Files.writeString(folder.resolve("replica.url"), "jdbc:h2:tcp://127.0.0.1:1/gone\n");
    assertTrue(get("/").body().contains("Read from the master."));
  }

  @Test
  void an_empty_form_is_refused() throws Exception {
    assertEquals(400, post("author=x&message=+").statusCode());
  }

  @Test
  void a_form_from_another_site_is_refused() throws Exception {
    HttpRequest request = request("/entries")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Origin", "https://elsewhere.example")
        .POST(BodyPublishers.ofString("message=hello"))
        .build();
    assertEquals(403, client.send(request, BodyHandlers.ofString()).statusCode());
  }

  @Test
  void a_picture_is_stored_whole_under_a_name_of_our_own() throws Exception {
    assertEquals(303, upload("../../etc/passwd.php", PNG).statusCode());
    Matcher picture = PICTURE.matcher(get("/").body());
    assertTrue(picture.find());
    assertEquals(List.of(picture.group(1)), files());
    assertTrue(Arrays.equals(PNG, Files.readAllBytes(media().resolve(picture.group(1)))));
  }

  @Test
  void a_page_that_calls_itself_a_picture_is_refused_and_leaves_nothing() throws Exception {
    byte[] page = "<html><script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
    assertEquals(400, upload("x.png", page).statusCode());
    assertEquals(List.of(), files());
  }

  @Test
  void a_picture_that_is_too_big_is_refused_and_leaves_nothing() throws Exception {
    byte[] big = Arrays.copyOf(PNG, (int) Pictures.BYTES_MAX + 1);
    assertEquals(413, upload("big.png", big).statusCode());
    assertEquals(List.of(), files());
  }

  @Test
  void only_the_admin_host_deletes() throws Exception {
    post("message=first");
    assertEquals(403, delete("www.site.example", "1"));
    assertTrue(get("/").body().contains("first"));
    assertEquals(400, delete("admin.site.example", "1%20or%201=1"));
    assertEquals(303, delete("admin.site.example", "1"));
    assertFalse(get("/").body().contains("first"));
  }

  @Test
  void health_and_the_name_of_the_node_are_told() throws Exception {
    HttpResponse<String> health = get("/healthz");
    assertEquals("ok node<1>\n", health.body());
    assertEquals("node<1>", health.headers().firstValue("X-Guestbook-Node").orElse(""));
    assertEquals(404, get("/elsewhere").statusCode());
  }

  private Path media() {
    return folder.resolve("media");
  }

  private List<String> files() throws IOException {
    if (!Files.exists(media())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(media())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + demo.address().getPort() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String form) throws Exception {
    return client.send(
        request("/entries")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> upload(String name, byte[] content) throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(("--limit\r\nContent-Disposition: form-data; name=\"picture\"; filename=\""
            + name + "\"\r\nContent-Type: image/png\r\n\r\n")
        .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(content);
    body.writeBytes("\r\n--limit--\r\n".getBytes(StandardCharsets.UTF_8));
    return client.send(
        request("/entries")
            .header("Content-Type", "multipart/form-data; boundary=limit")
            .POST(BodyPublishers.ofByteArray(body.toByteArray()))
            .build(),
        BodyHandlers.ofString());
  }

  /** By hand: the JDK's client does not let us choose the Host. */
  private int delete(String host, String id) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), demo.address().getPort())) {
      socket
          .getOutputStream()
          .write(("POST /admin/delete HTTP/1.1\r\nHost: " + host
                  + "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded"
                  + "\r\nContent-Length: " + (3 + id.length()) + "\r\n\r\nid=" + id)
              .getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(status, 9, 3, StandardCharsets.US_ASCII));
    }
  }
}
