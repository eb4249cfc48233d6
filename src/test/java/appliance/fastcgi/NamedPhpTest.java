package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A php whose host is told by its name, which a name server may not know, or be slow about. */
final class NamedPhpTest {

  @TempDir
  Path folder;

  private final FakePhp php = new FakePhp(request -> request.answer("found"));
  private final CountDownLatch nameServer = new CountDownLatch(1);
  private volatile boolean known;
  private volatile boolean silent;

  private InetAddress find(String name) throws UnknownHostException {
    if (silent) {
      try {
        nameServer.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    if (!known) {
      throw new UnknownHostException(name);
    }
    return InetAddress.getLoopbackAddress();
  }

  @BeforeEach
  void script() throws IOException {
    Files.writeString(folder.resolve("index.php"), "");
  }

  @AfterEach
  void stop() {
    nameServer.countDown();
    php.close();
  }

  private Front front(Duration restart) {
    FastCgiConfig config =
        FastCgiConfig.of(new PhpAddress.Tcp(new HostPort("php.test", php.port())), folder);
    FastCgiLimits limits = PhpLimits.restart(PhpLimits.connections(config.limits(), 3), restart);
    return new Front(new FastCgi(config.with(limits), new PhpServers(), "", this::find), 1);
  }

  @Test
  void a_name_without_an_address_is_an_outage_that_ends_by_itself() throws Exception {
    try (Front front = front(Duration.ofMillis(300))) {
      String why = "no address is known for the name php.test";
      assertEquals(503, front.get("/").statusCode());
      assertTrue(front.unsent.get(0).startsWith("UNREACHABLE"), front.unsent.get(0));
      assertTrue(front.unsent.get(0).contains(why), front.unsent.get(0));
      assertEquals(why, front.fastCgi.status().json().get("outage"));
      assertTrue(
          front.fastCgi.check().reason().contains(why), front.fastCgi.check().reason());
      known = true;
      Await.until("php is found", () -> {
        assertTrue(front.fastCgi.check().healthy());
        return "".equals(front.fastCgi.status().json().get("outage"));
      });
      assertEquals("found", front.body("/"));
      assertEquals(1, front.unsent.size()); // nobody was needed to find out
    }
  }

  @Test
  void a_name_that_is_known_soon_costs_no_request() throws Exception {
    try (Front front = front(Duration.ofSeconds(60))) {
      CompletableFuture<String> early = CompletableFuture.supplyAsync(() -> {
        try {
          return front.body("/");
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      Await.until(
          "the outage is known", () -> !"".equals(front.fastCgi.status().json().get("outage")));
      known = true;
      assertEquals("found", early.join());
    }
  }

  @Test
  void a_name_server_that_fails_or_hangs_takes_no_php_away_that_was_found() throws Exception {
    known = true;
    try (Front front = front(Duration.ofSeconds(60))) {
      assertEquals("found", front.body("/"));
      known = false;
      assertTrue(front.fastCgi.check().healthy(), "it fails");
      silent = true;
      assertTrue(front.fastCgi.check().healthy(), "it hangs");
    }
  }

  @Test
  void a_name_server_that_does_not_answer_holds_up_no_other_request() throws Exception {
    silent = true;
    Path uploads = Files.createDirectories(folder.resolve("wp-content/uploads"));
    Files.writeString(uploads.resolve("x.php"), "");
    try (Front front = front(Duration.ofSeconds(60))) {
      CompletableFuture<Integer> held = CompletableFuture.supplyAsync(() -> {
        try {
          return front.get("/").statusCode();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      try {
        Await.until("it waits", () -> front.status("queued") == 1);
        assertEquals(404, front.get("/wp-content/uploads/x.php").statusCode());
        assertFalse(held.isDone());
      } finally {
        known = true;
        silent = false;
        nameServer.countDown();
      }
      assertEquals(200, held.join());
    }
  }
}
