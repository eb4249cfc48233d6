package appliance.fastcgi;

import static appliance.fastcgi.FakePhp.end;
import static appliance.fastcgi.FakePhp.join;
import static appliance.fastcgi.FakePhp.stdout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import appliance.model.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request becomes for php, by RFC 3875. */
final class ParametersTest {

  @TempDir
  Path root;

  private volatile Map<String, String> seen = Map.of();
  private final FakePhp php = new FakePhp(request -> {
    seen = request.parameters();
    request.send(join(stdout("Content-Type: text/plain\r\n\r\nok"), end(0)));
  });
  private Front front;

  @BeforeEach
  void start() throws IOException {
    for (String name : new String[] {
      "index.php",
      "wp-login.php",
      "wp-admin/index.php",
      "a b/ü.php",
      "empty/keep.txt",
      "wp-content/uploads/evil.php",
      "wp-content/uploads/2026/index.php",
      "upload.jpg",
      ".git/x.php",
      "dir.php/file.txt",
      "dir.php/in.php"
    }) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    PhpAddress address = new PhpAddress.Tcp(new HostPort("127.0.0.1", php.port()));
    front = new Front(FastCgiConfig.of(address, root));
  }

  @AfterEach
  void close() {
    front.close();
    php.close();
  }

  private Map<String, String> ask(String requestLine, String... headers) throws IOException {
    seen = Map.of();
    front.raw(requestLine
        + " HTTP/1.1\r\nHost: shop.example:8443\r\nConnection: close\r\nConnection: X-Hop\r\n"
        + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n");
    return seen;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "/ | /index.php | ''",
        "/wp-login.php | /wp-login.php | ''",
        "/wp-login.php/a/b | /wp-login.php | /a/b",
        "/wp-login.php/x.php | /wp-login.php | /x.php",
        "/wp-admin/ | /wp-admin/index.php | ''",
        "/index.php/2026/post | /index.php | /2026/post",
        "/2026/post/ | /index.php | ''",
        "/missing.php | /index.php | ''",
        "/missing.php/a | /index.php | ''",
        "/upload.jpg/x.php | /index.php | ''",
        "/a%20b/%C3%BC.php | /a b/ü.php | ''",
        "/empty/ | /index.php | ''",
        "//wp-login.php | /index.php | ''",
        "/dir.php/in.php | /dir.php/in.php | ''",
        "/dir.php/file.txt | /index.php | ''",
        "/wp-login.phpx | /index.php | ''",
        "/WP-LOGIN.PHP | /index.php | ''",
        "/wp-content/uploads/evil.php | - | -",
        "/wp-content/uploads/evil.php/a | - | -",
        "/wp-content/uploads/2026/ | /index.php | ''",
        "/.git/x.php | - | -",
        "/wp-admin | - | -",
        "/a/../wp-login.php | - | -",
        "/wp-login.php%00.jpg | - | -",
        "/wp-admin%5c..%5cwp-login.php | /index.php | ''",
      })
  void a_path_finds_its_script(String path, String script, String pathInfo) throws IOException {
    Map<String, String> parameters = ask("GET " + path + "?q=1");
    assertEquals(script, parameters.get("SCRIPT_NAME"));
    assertEquals(pathInfo, parameters.get("PATH_INFO"));
    if (script != null) {
      Path real = root.toRealPath();
      assertEquals(real + script, parameters.get("SCRIPT_FILENAME"));
      assertEquals(real.toString(), parameters.get("DOCUMENT_ROOT"));
      assertEquals(path + "?q=1", parameters.get("REQUEST_URI"));
      assertEquals("q=1", parameters.get("QUERY_STRING"));
      assertEquals(pathInfo.isEmpty() ? null : real + pathInfo, parameters.get("PATH_TRANSLATED"));
    }
  }

  @Test
  void a_folder_without_its_slash_is_sent_there() throws IOException {
    String answer = front.raw("GET /wp-admin?a=b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertEquals("HTTP/1.1 301 Moved Permanently", answer.lines().findFirst().orElse(""));
    assertEquals(true, answer.contains("Location: /wp-admin/?a=b\r\n"), answer);
  }

  @Test
  void a_symlink_that_leaves_the_root_leads_to_nothing(@TempDir Path outside) throws IOException {
    Files.writeString(outside.resolve("secret.php"), "");
    Files.createSymbolicLink(root.resolve("out.php"), outside.resolve("secret.php"));
    Files.createSymbolicLink(root.resolve("in.php"), root.resolve("wp-login.php"));
    assertEquals("/index.php", ask("GET /out.php").get("SCRIPT_NAME"));
    assertEquals("/in.php", ask("GET /in.php").get("SCRIPT_NAME"));
  }

  @Test
  void the_request_is_told_as_cgi_says() throws IOException {
    Map<String, String> parameters = ask("GET /x?y=%20z", "User-Agent: test");
    assertEquals("CGI/1.1", parameters.get("GATEWAY_INTERFACE"));
    assertEquals("200", parameters.get("REDIRECT_STATUS"));
    assertEquals("GET", parameters.get("REQUEST_METHOD"));
    assertEquals("HTTP/1.1", parameters.get("SERVER_PROTOCOL"));
    assertEquals("http", parameters.get("REQUEST_SCHEME"));
    assertNull(parameters.get("HTTPS"));
    assertEquals("shop.example", parameters.get("SERVER_NAME"));
    assertEquals("8443", parameters.get("SERVER_PORT"));
    assertEquals("127.0.0.1", parameters.get("SERVER_ADDR"));
    assertEquals("127.0.0.1", parameters.get("REMOTE_ADDR"));
    assertFalse(parameters.getOrDefault("REMOTE_PORT", "").isEmpty());
    assertEquals("shop.example:8443", parameters.get("HTTP_HOST"));
    assertEquals("test", parameters.get("HTTP_USER_AGENT"));
    assertNull(parameters.get("CONTENT_LENGTH"));
  }

  @Test
  void a_body_is_announced() throws IOException {
    Map<String, String> parameters =
        ask("POST /x", "Content-Type: text/plain", "Content-Length: 0");
    assertEquals("text/plain", parameters.get("CONTENT_TYPE"));
    assertEquals("0", parameters.getOrDefault("CONTENT_LENGTH", "0"));
    assertNull(parameters.get("HTTP_CONTENT_TYPE"));
    assertNull(parameters.get("HTTP_CONTENT_LENGTH"));
  }

  @Test
  void what_could_be_forged_or_is_for_this_hop_is_not_passed() throws IOException {
    Map<String, String> parameters = ask(
        "GET /",
        "Proxy: http://evil.example/",
        "X_Forwarded_For: 1.2.3.4",
        "X.Forwarded.For: 1.2.3.4",
        "X-Hop: a",
        "Keep-Alive: 5",
        "TE: trailers",
        "Proxy-Authorization: Basic eA==",
        "Upgrade: h2c",
        "X-Passed: yes",
        "Authorization: Basic YTpi");
    for (String name : parameters.keySet()) {
      assertEquals(true, name.matches("[A-Z_]+"), name);
    }
    assertEquals("yes", parameters.get("HTTP_X_PASSED"));
    assertEquals("Basic YTpi", parameters.get("HTTP_AUTHORIZATION"));
    for (String name : new String[] {
      "HTTP_PROXY",
      "HTTP_X_FORWARDED_FOR",
      "HTTP_X_HOP",
      "HTTP_KEEP_ALIVE",
      "HTTP_TE",
      "HTTP_PROXY_AUTHORIZATION",
      "HTTP_UPGRADE",
      "HTTP_CONNECTION"
    }) {
      assertNull(parameters.get(name), name);
    }
  }

  @Test
  void a_repeated_header_is_joined() throws IOException {
    Map<String, String> parameters =
        ask("GET /", "Cookie: a=1", "Cookie: b=2", "X-List: a", "X-List: b");
    assertEquals("a=1; b=2", parameters.get("HTTP_COOKIE"));
    assertEquals("a, b", parameters.get("HTTP_X_LIST"));
  }

  @Test
  void long_values_arrive_whole() throws IOException {
    String cookie = "x".repeat(100_000);
    assertEquals(cookie, ask("GET /", "Cookie: " + cookie).get("HTTP_COOKIE"));
    String name = "X-" + "n".repeat(126);
    assertEquals("v", ask("GET /", name + ": v").get("HTTP_X_" + "N".repeat(126)));
  }

  @Test
  void an_absolute_request_target_is_told_as_its_path() throws IOException {
    assertEquals("/p?a=b", ask("GET http://shop.example:8443/p?a=b").get("REQUEST_URI"));
  }
}
