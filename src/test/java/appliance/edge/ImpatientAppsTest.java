package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.edge.upstream.UpstreamLimits;
import appliance.fastcgi.FakePhp;
import appliance.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications that close a connection of which nothing is taken for a while, as servers do, before slow clients. */
final class ImpatientAppsTest {

  /** Longer than what excuses it. */
  private static final long PATIENCE_MILLIS = 1_500;

  private static final String PIECE = "x".repeat(50_000);

  /** More than the edge and all sockets hold. */
  private static final int PIECES = 2_000;

  @TempDir
  private Path folder = Path.of("");

  private final AtomicInteger gaveUp = new AtomicInteger();

  /** One piece of an answer. */
  @FunctionalInterface
  private interface Write {

    void run() throws IOException;
  }

  private void write(Socket to, Write piece) throws IOException {
    AtomicInteger written = new AtomicInteger();
    Thread watch = new Thread(() -> {
      for (int seen = -1; seen != written.get(); ) {
        seen = written.get();
        Await.pause(PATIENCE_MILLIS);
      }
      try {
        to.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      gaveUp.incrementAndGet();
    });
    watch.setDaemon(true);
    watch.start();
    for (int i = 0; i < PIECES; i++) {
      piece.run();
      written.incrementAndGet();
    }
  }

  /** Takes nothing until the application has given up, and then all that is left. */
  private void assertNotToBlame(Edge edge) throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(RawClient.head("GET /long HTTP/1.1", "Host: x"));
      assertEquals('H', client.in.read());
      Await.until("it has given up", () -> gaveUp.get() == 1);
      long taken = client.in.readAllBytes().length;
      assertTrue(taken < PIECES * (long) PIECE.length(), taken + " bytes");
    } catch (SocketException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("reset"), e.toString());
    }
    Await.until("it is told of", () -> Files.size(folder.resolve("access.log")) > 0);
    String line = Files.readString(folder.resolve("access.log"));
    assertTrue(line.contains("\"broken\":\"client\""), line);
    assertEquals(0, Site.metric(edge, "edge_upstream_failures_total"));
    Object broken = edge.source().read().json().getOrDefault("brokenResponses", 0);
    assertEquals("0", String.valueOf(broken));
  }

  @Test
  void one_that_gives_up_on_a_slow_client_is_not_to_blame() throws Exception {
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          String chunk = Integer.toHexString(PIECE.length()) + "\r\n" + PIECE + "\r\n";
          write(request.socket(), () -> request.write(chunk));
        });
        Site site = new Site(UpstreamLimits.DEFAULTS, Site.logged(folder), app)) {
      assertNotToBlame(site.edge);
    }
  }

  @Test
  void nor_is_php() throws Exception {
    FakePhp php = new FakePhp(request -> {
      request.send(FakePhp.stdout("Content-Type: text/plain\r\n\r\n"));
      byte[] piece = FakePhp.stdout(PIECE);
      write(request.socket(), () -> request.send(piece));
    });
    try (PhpSite site = new PhpSite(folder, php)) {
      assertNotToBlame(site.edge);
    }
  }

  @Test
  void one_that_hangs_is_to_blame_however_slow_its_client_was_before() throws Exception {
    AtomicInteger written = new AtomicInteger();
    UpstreamLimits limits = HttpLimits.idle(UpstreamLimits.DEFAULTS, Duration.ofSeconds(8));
    try (RawApp app = new RawApp(request -> {
          request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < PIECES; i++) {
            request.write(Integer.toHexString(PIECE.length()) + "\r\n" + PIECE + "\r\n");
            written.incrementAndGet();
          }
          request.in().readAllBytes(); // until its connection is closed
        });
        Site site = new Site(limits, Site.logged(folder), app);
        RawClient client = new RawClient(site.port())) {
      client.send(RawClient.head("GET /long HTTP/1.1", "Host: x"));
      assertEquals('H', client.in.read());
      for (int seen = -1; seen != written.get(); ) {
        seen = written.get();
        Await.pause(PATIENCE_MILLIS);
      }
      client.socket.setSoTimeout(60_000);
      assertThrows(IOException.class, () -> client.in.readAllBytes());
      Await.until("it is told of", () -> Files.size(folder.resolve("access.log")) > 0);
      String line = Files.readString(folder.resolve("access.log"));
      assertTrue(line.contains("\"broken\":\"application\""), line);
      assertEquals(1, site.status("brokenResponses").intValue());
      assertEquals(1, site.metric("edge_upstream_failures_total"));
    }
  }
}
