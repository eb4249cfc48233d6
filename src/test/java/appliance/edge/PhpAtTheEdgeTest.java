package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.fastcgi.FakePhp;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a php application and its clients may rely on behind the rules of the public's port. */
final class PhpAtTheEdgeTest {

  private static final String HEAD = "Content-Type: text/plain\r\n\r\n";

  @TempDir
  private Path root = Path.of("");

  @Test
  void a_target_with_its_host_is_told_as_its_path() throws Exception {
    FakePhp php =
        new FakePhp(request -> request.answer("" + request.parameters().get("REQUEST_URI")));
    try (PhpSite site = new PhpSite(root, php)) {
      String head = RawClient.head("GET http://shop/blog/post?p=1 HTTP/1.1", "Host: shop");
      assertEquals("/blog/post?p=1", RawClient.ask(site.port(), head).text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n", "HTTP/1.1\r\n"})
  void an_answer_that_breaks_off_does_not_look_whole(String version) throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout(HEAD + "half of it"));
      request.socket().close();
    });
    try (PhpSite site = new PhpSite(root, php);
        RawClient client = new RawClient(site.port())) {
      client.send("GET / " + version + "Host: shop\r\n\r\n");
      RawClient.Reply reply = client.reply();
      assertEquals(200, reply.status());
      assertFalse(reply.whole(), reply.toString());
    }
  }

  @Test
  void a_php_that_ends_before_its_answer_has_begun_is_a_502() throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout("X-Secret: half\r\n" + HEAD));
      request.socket().close();
    });
    try (PhpSite site = new PhpSite(root, php)) {
      RawClient.Reply reply = RawClient.ask(
          site.port(), RawClient.head("POST / HTTP/1.1", "Host: shop", "Content-Length: 0"));
      assertEquals(502, reply.status(), reply.toString());
      assertTrue(reply.whole());
      assertFalse(reply.has("X-Secret"), reply.head());
      assertEquals(0, site.php("active"));
    }
  }
}
