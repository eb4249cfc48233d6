package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.PhpFpm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
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
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Front front(String socket, int children) throws IOException {
    Path root = Files.createDirectories(folder.resolve("www"));
    PhpAddress address;
    String listen;
    if (socket.equals("unix")) {
      listen = folder.resolve("fpm.sock").toString();
      address = new PhpAddress.Unix(Path.of(listen));
    } else {
      listen = "127.0.0.1:" + Front.freePort();
      address = new PhpAddress.Tcp(HostPort.parse(listen, 0));
    }
    PhpFpm fpm = new PhpFpm(folder, listen, children).start();
    FastCgiConfig config = FastCgiConfig.of(address, root);
    Front front = new Front(config.with(config.limits().withConnectionsMax(children)));
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
    assertEquals(0, front.status("spooled-bytes"));
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
}
