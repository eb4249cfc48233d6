package appliance.fastcgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.Await;
import appliance.testing.PhpFpm;
import appliance.testing.Ports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs in php see and say, through the real php-fpm, over both kinds of socket. */
@Tag("php")
final class PhpTest {

  @TempDir
  Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    if (!open.isEmpty()) {
      awaitRest((Front) open.get(0));
    }
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /** Nothing is left behind: no call on a connection, none in the queue, no body on disk. */
  private static void awaitRest(Front front) {
    Await.until(
        "nothing is left behind",
        Await.DEADLINE,
        () -> front.fastCgi.status().json(),
        () -> front.status("active") + front.status("queued") + front.status("spooledBytes") == 0);
  }

  private Front front(String socket, int children) throws IOException {
    return front(socket, children, children);
  }

  private PhpFpm php() {
    return (PhpFpm) open.get(1);
  }

  private Front front(String socket, int children, int connections, String... settings)
      throws IOException {
    Path root = Files.createDirectories(folder.resolve("www"));
    PhpAddress address;
    String listen;
    if (socket.equals("unix")) {
      listen = folder.resolve("fpm.sock").toString();
      address = new PhpAddress.Unix(Path.of(listen));
    } else {
      listen = "127.0.0.1:" + Ports.free();
      address = new PhpAddress.Tcp(HostPort.parse(listen, 0));
    }
    PhpFpm fpm = new PhpFpm(folder, listen, children);
    List.of(settings).forEach(fpm::with);
    fpm.start();
    FastCgiConfig config = FastCgiConfig.of(address, root);
    // How long php takes to start again is the machine's matter.
    FastCgiLimits limits = PhpLimits.restart(
        PhpLimits.connections(config.limits(), connections), Duration.ofMinutes(1));
    Front front = new Front(config.with(limits));
    open.add(front);
    open.add(fpm);
    return front;
  }

  private void script(String name, String code) throws IOException {
    Path file = folder.resolve("www").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "<?php " + code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void a_script_answers(String socket) throws IOException {
    Front front = front(socket, 2);
    script("index.php", "echo 'front ', $_SERVER['REQUEST_URI'];");
    script("hello.php", "header('X-A: b'); echo 'hello';");
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> answer = front.get("/hello.php");
      assertEquals(200, answer.statusCode());
      assertEquals("hello", answer.body());
      assertEquals("b", answer.headers().firstValue("X-A").orElse(""));
      assertEquals("front /a/b?c=d", front.body("/a/b?c=d"));
    }
    assertTrue(front.status("connections") <= 2, front.fastCgi.status().json().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void a_body_arrives_with_and_without_a_length(String socket) throws IOException {
    Front front = front(socket, 2);
    script(
        "md5.php",
        "$b = file_get_contents('php://input'); echo strlen($b), ' ', md5($b), ' ',"
            + " $_SERVER['CONTENT_LENGTH'];");
    byte[] body = new byte[3_000_000];
    new Random(1).nextBytes(body);
    HttpRequest.BodyPublisher sized = HttpRequest.BodyPublishers.ofByteArray(body);
    String first = front.send(front.request("/md5.php").POST(sized)).body();
    assertTrue(first.startsWith("3000000 ") && first.endsWith(" 3000000"), first);
    HttpRequest.BodyPublisher chunked =
        HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    assertEquals(first, front.send(front.request("/md5.php").POST(chunked)).body());
    Await.until("the spool is given back", () -> front.status("spooledBytes") == 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void a_long_answer_arrives_whole(String socket) throws IOException {
    Front front = front(socket, 2);
    script(
        "long.php", "for ($i = 0; $i < 2000; $i++) { echo str_repeat(chr(65 + $i % 26), 5000); }");
    String body = front.body("/long.php");
    assertEquals(10_000_000, body.length());
    assertFalse(body.contains("\0"));
  }

  @Test
  void php_knows_the_request_as_behind_nginx() throws IOException {
    Front front = front("unix", 1);
    script(
        "app.php",
        "foreach (['PHP_SELF', 'SCRIPT_NAME', 'PATH_INFO', 'REQUEST_URI', 'DOCUMENT_ROOT',"
            + " 'PHP_AUTH_USER', 'HTTP_PROXY'] as $k) { echo $_SERVER[$k] ?? 'none', '|'; }"
            + " echo $_GET['q'], $_COOKIE['a'], $_COOKIE['b'];");
    String headers = String.join(
        "\r\n",
        "Host: a",
        "Connection: close",
        "Cookie: a=2",
        "Cookie: b=3",
        "Proxy: x",
        "Authorization: Basic YTpi");
    String answer = front.raw("GET /app.php/x/y?q=1 HTTP/1.1\r\n" + headers + "\r\n\r\n");
    String root = folder.resolve("www").toRealPath().toString();
    assertTrue(
        answer.contains("/app.php/x/y|/app.php|/x/y|/app.php/x/y?q=1|" + root + "|a|none|123"),
        answer);
  }

  @Test
  void status_location_and_cookies_are_phps() throws IOException {
    Front front = front("unix", 1);
    script(
        "index.php",
        "header('Location: /elsewhere'); setcookie('a', '1'); setcookie('b', '2');"
            + " header('Connection: upgrade'); header('Transfer-Encoding: gzip');");
    script("gone.php", "http_response_code(410); echo 'gone';");
    script("304.php", "http_response_code(304);");
    script("204.php", "http_response_code(204); echo 'no one sees this';");
    script("length.php", "header('Content-Length: 5'); echo 'hello';");
    HttpResponse<String> moved = front.get("/");
    assertEquals(302, moved.statusCode());
    assertEquals("/elsewhere", moved.headers().firstValue("Location").orElse(""));
    assertEquals(2, moved.headers().allValues("Set-Cookie").size());
    assertEquals(410, front.get("/gone.php").statusCode());
    assertEquals(304, front.get("/304.php").statusCode());
    assertEquals("", front.get("/204.php").body());
    assertEquals("hello", front.body("/length.php"));
    assertEquals("gone", front.body("/gone.php"));
    assertEquals(1, front.status("connections"));
  }

  @Test
  void the_length_of_what_head_asks_for_is_what_php_says_or_unknown() throws IOException {
    Front front = front("unix", 1);
    script("length.php", "header('Content-Length: 5'); echo 'hello';");
    script("page.php", "echo str_repeat('x', 1000);");
    script("304.php", "http_response_code(304);");
    assertEquals("5", lengthToldByHead(front, "/length.php"));
    assertEquals("none", lengthToldByHead(front, "/page.php"));
    assertEquals("none", lengthToldByHead(front, "/304.php"));
    assertEquals(1000, front.body("/page.php").length());
  }

  private static String lengthToldByHead(Front front, String path) throws IOException {
    return front
        .send(front.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()))
        .headers()
        .firstValue("Content-Length")
        .orElse("none");
  }

  @Test
  void an_error_in_php_is_a_500_and_in_the_log() throws IOException {
    Front front = front("unix", 1);
    script(
        "fatal.php",
        "ini_set('display_errors', 0); ini_set('log_errors', 1);"
            + " ini_set('error_log', ''); nobody_wrote_this();");
    script("late.php", "ini_set('display_errors', 0); echo str_repeat('x', 100000); exit(3);");
    script("ok.php", "error_log('one line'); echo 'ok';");
    assertEquals(500, front.get("/fatal.php").statusCode());
    assertEquals(100_000, front.body("/late.php").length());
    assertEquals("ok", front.body("/ok.php"));
    assertTrue(front.status("stderrLines") >= 2, "lines " + front.status("stderr-lines"));
  }

  @Test
  void a_child_that_is_killed_leaves_no_answer_that_looks_complete() throws IOException {
    Front front = front("unix", 1);
    script("die.php", "echo str_repeat('x', 100000); flush(); posix_kill(getmypid(), 9);");
    script("ok.php", "echo 'ok';");
    assertThrows(IOException.class, () -> front.get("/die.php"));
    assertEquals("ok", front.body("/ok.php"));
  }

  @Test
  void output_goes_to_the_client_as_php_flushes_it() throws IOException {
    Front front = front("unix", 1);
    Path go = folder.resolve("go");
    script(
        "stream.php",
        "echo 'first'; ob_flush(); flush(); while (!file_exists('" + go
            + "')) { usleep(10000); clearstatcache(); } echo 'second';");
    try (Socket socket = front.socket()) {
      socket
          .getOutputStream()
          .write(
              "GET /stream.php HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
      StringBuilder text = new StringBuilder();
      while (text.indexOf("first") < 0) {
        text.append((char) socket.getInputStream().read());
      }
      Files.createFile(go);
      text.append(new String(socket.getInputStream().readAllBytes(), UTF_8));
      assertTrue(text.toString().contains("second"), text.toString());
    }
  }

  @Test
  void a_client_that_leaves_costs_no_connection() throws IOException {
    Front front = front("unix", 2);
    script("endless.php", "while (true) { echo str_repeat('x', 100000); flush(); }");
    script("ok.php", "echo 'ok';");
    for (int i = 0; i < 10; i++) {
      try (Socket socket = front.socket()) {
        socket
            .getOutputStream()
            .write("GET /endless.php HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
        socket.getInputStream().readNBytes(1_000_000);
      }
    }
    assertEquals("ok", front.body("/ok.php"));
    Await.until("nobody waits", () -> front.status("queued") == 0);
  }

  @Test
  void an_upload_that_its_client_breaks_off_is_dropped() throws IOException {
    Front front = front("unix", 1);
    script("post.php", "echo strlen(file_get_contents('php://input'));");
    try (Socket socket = front.socket()) {
      socket
          .getOutputStream()
          .write("POST /post.php HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc"
              .getBytes(UTF_8));
    }
    assertEquals(
        "4",
        front
            .send(front.request("/post.php").POST(HttpRequest.BodyPublishers.ofString("abcd")))
            .body());
  }

  @Test
  void a_client_may_wait_for_100_continue() throws IOException {
    Front front = front("unix", 1);
    script("post.php", "echo strlen(file_get_contents('php://input'));");
    assertEquals(
        "4",
        front
            .send(front
                .request("/post.php")
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofString("abcd")))
            .body());
  }

  @Test
  void fifty_clients_share_one_child() throws IOException {
    Front front = front("unix", 1);
    script("index.php", "usleep(2000); echo 'ok';");
    assertEquals(List.of(), Load.run(50, 10, () -> front.get("/").statusCode() == 200));
    assertEquals(0, front.status("failures"));
  }

  @Test
  void more_connections_than_children_do_no_harm() throws IOException {
    Front front = front("unix", 2, 16);
    script("index.php", "usleep(2000); echo 'ok';");
    assertEquals(List.of(), Load.run(50, 10, () -> front.get("/").statusCode() == 200));
    assertEquals(0, front.status("failures"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void no_get_is_lost_while_php_restarts(String socket) throws IOException {
    Front front = front(socket, 4);
    script("index.php", "usleep(5000); echo 'ok';");
    PhpFpm fpm = php();
    List<String> failures = Load.during(16, () -> front.get("/").statusCode() == 200, () -> {
      fpm.restart(Duration.ofMillis(300));
      fpm.reload();
      fpm.killChildren();
      fpm.restart(Duration.ZERO);
    });
    assertEquals(List.of(), failures);
  }

  @Test
  void a_full_backlog_loses_nothing() throws IOException {
    Front front = front("unix", 1, 32, "listen.backlog = 1");
    script("index.php", "usleep(2000); echo 'ok';");
    assertEquals(List.of(), Load.run(50, 10, () -> front.get("/").statusCode() == 200));
    assertEquals(0, front.status("failures"));
  }

  @Test
  void a_slow_form_holds_no_child() throws IOException {
    Front front = front("unix", 1);
    script("post.php", "echo strlen(file_get_contents('php://input'));");
    script("ok.php", "echo 'ok';");
    try (Socket slow = front.socket()) {
      slow.getOutputStream()
          .write(("POST /post.php HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                  + "Content-Length: 5\r\n\r\nab")
              .getBytes(UTF_8));
      assertEquals("ok", front.body("/ok.php"));
      assertEquals("ok", front.body("/ok.php"));
      slow.getOutputStream().write("cde".getBytes(UTF_8));
      String answer = new String(slow.getInputStream().readAllBytes(), UTF_8);
      assertTrue(answer.endsWith("\r\n\r\n5"), answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "tcp"})
  void no_post_is_lost_or_run_twice_when_a_child_ends_after_its_last_request(String socket)
      throws IOException {
    Front front = front(socket, 4, 4, "pm.max_requests = 3");
    Path runs = folder.resolve("runs");
    script(
        "index.php", "file_put_contents('" + runs + "', 'x', FILE_APPEND | LOCK_EX); echo 'ok';");
    HttpRequest.BodyPublisher form = HttpRequest.BodyPublishers.ofString("a=b");
    assertEquals(
        List.of(),
        Load.run(8, 50, () -> front.send(front.request("/").POST(form)).statusCode() == 200));
    assertEquals(400, Files.size(runs));
  }
}
