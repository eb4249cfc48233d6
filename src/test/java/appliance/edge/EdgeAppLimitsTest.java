package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AppLimits;
import appliance.config.ClientsConfig;
import appliance.edge.upstream.UpstreamLimits;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgiLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application is granted, by the settings that mean the same for HTTP and for php. */
final class EdgeAppLimitsTest {

  private static final int CHILDREN = 16;

  /** For answers that never come. */
  private static final AppLimits HASTY = total(Duration.ofSeconds(1));

  /** For those that have to begin within it, also on a slow machine. */
  private static final AppLimits LESS_HASTY = total(Duration.ofSeconds(6));

  private static final byte[] PIECE = "x".getBytes(StandardCharsets.US_ASCII);

  @TempDir
  private Path root = Path.of("");

  private static AppLimits total(Duration total) {
    Duration minute = Duration.ofSeconds(60);
    return new AppLimits(
        1024,
        CHILDREN,
        AppLimits.Queue.DEFAULTS,
        new AppLimits.Timeouts(minute, minute, minute, total),
        true);
  }

  private PhpSite php(FakePhp php, AppLimits granted) throws IOException {
    FastCgiLimits limits = FastCgiLimits.of(granted, Duration.ofSeconds(60));
    return new PhpSite(root, php, ClientsConfig.DEFAULTS, config -> config.with(limits));
  }

  /** Sends pieces until the edge has enough of it. */
  private static void drip(OutputStream to, byte[] piece) throws IOException {
    try {
      while (true) {
        to.write(piece);
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void an_answer_over_http_that_goes_on_for_too_long_is_cut() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\n\r\n");
          drip(request.out(), PIECE);
        });
        Site site = new Site(UpstreamLimits.of(LESS_HASTY, 2), app)) {
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(200, reply.status());
      assertFalse(reply.whole());
      assertEquals(0, site.status("brokenResponses").intValue());
    }
  }

  @Test
  void none_over_http_is_a_504_although_the_first_byte_has_more_time() throws Exception {
    try (RawApp app = new RawApp(request -> request.in().read());
        Site site = new Site(UpstreamLimits.of(HASTY, 2), app)) {
      RawClient.Reply reply = RawClient.ask(
          site.port(), RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 0"));
      assertEquals(504, reply.status());
      assertTrue(reply.text().contains("took too long"), reply.text());
    }
  }

  @Test
  void a_request_that_took_too_long_is_not_asked_of_the_next_application() throws Exception {
    try (RawApp one = new RawApp(request -> request.in().read());
        RawApp other = new RawApp(request -> request.in().read());
        Site site = new Site(UpstreamLimits.of(HASTY, 2), one, other)) {
      assertEquals(504, RawClient.get(site.port(), "/").status());
      assertEquals(1, one.heads.size() + other.heads.size());
    }
  }

  @Test
  void an_answer_of_php_that_goes_on_for_too_long_is_cut() throws Exception {
    FakePhp fake = new FakePhp(request -> {
      request.send(FakePhp.stdout("Content-Type: text/plain\r\n\r\n"));
      drip(request.socket().getOutputStream(), FakePhp.stdout("x"));
    });
    try (PhpSite site = php(fake, LESS_HASTY)) {
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(200, reply.status());
      assertFalse(reply.whole());
    }
  }

  @Test
  void none_of_php_is_a_504_although_the_first_byte_has_more_time() throws Exception {
    try (PhpSite site = php(new FakePhp(request -> {}), HASTY)) {
      RawClient.Reply reply = RawClient.get(site.port(), "/");
      assertEquals(504, reply.status());
      assertTrue(reply.text().contains("took too long"), reply.text());
      assertEquals(0, site.php("active"));
    }
  }

  @Test
  void as_many_scripts_run_at_once_as_connections_are_granted() throws Exception {
    AppLimits patient =
        new AppLimits(1024, CHILDREN, AppLimits.Queue.DEFAULTS, AppLimits.Timeouts.DEFAULTS, true);
    CountDownLatch all = new CountDownLatch(CHILDREN);
    FakePhp fake = new FakePhp(request -> {
      all.countDown();
      try {
        all.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      request.answer("with all others");
    });
    List<RawClient> clients = new ArrayList<>();
    try (PhpSite site = php(fake, patient)) {
      for (int i = 0; i < CHILDREN; i++) {
        RawClient client = new RawClient(site.port());
        clients.add(client);
        client.send(RawClient.head("GET / HTTP/1.1", "Host: x"));
      }
      for (RawClient client : clients) {
        assertEquals("with all others", client.reply().text());
        client.close();
      }
    }
  }

  @Test
  void connections_and_places_in_the_queue_are_shared_out_to_the_threads() {
    AppLimits granted = new AppLimits(
        10, 5, new AppLimits.Queue(9, Duration.ofSeconds(7)), AppLimits.Timeouts.DEFAULTS, true);
    UpstreamLimits each = UpstreamLimits.of(granted, 4);
    assertEquals(2, each.connectionsMax(), "no more than 10 together");
    assertEquals(3, each.waitingMax(), "room for 9 at least");
    assertEquals(Duration.ofSeconds(7), each.queue());
    assertEquals(1, UpstreamLimits.of(granted, 64).connectionsMax(), "one at least");
  }
}
