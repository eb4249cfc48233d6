package appliance.edge;

import static appliance.edge.WaitingApp.PLAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.edge.upstream.UpstreamLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that stay, and lose nothing by being looked at while they wait. */
final class WatchedClientTest {

  @TempDir
  private Path folder = Path.of("");

  private final WaitingApp waiting = new WaitingApp();

  @AfterEach
  void close() {
    waiting.close();
  }

  private static RawClient client(Site site, boolean tls) throws Exception {
    return tls
        ? new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))
        : new RawClient(site.port());
  }

  private static Thread sender(RawClient client, String text) {
    Thread sender = new Thread(() -> {
      try {
        client.send(text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    sender.start();
    return sender;
  }

  /** Less and more than what is kept of it, and more than all buffers take. */
  @ParameterizedTest
  @CsvSource({"false,10", "true,10", "false,5000", "true,5000", "false,9000000", "true,9000000"})
  void what_it_sends_meanwhile_is_its_next_requests(boolean tls, int bytes) throws Exception {
    try (Site site = waiting.overTls(folder, UpstreamLimits.DEFAULTS);
        RawClient client = client(site, tls)) {
      for (int turn = 0; turn < 2; turn++) {
        client.send(PLAIN.formatted(turn == 0 ? "wait" : "again"));
        String path = turn == 0 ? " /wait " : " /again ";
        Site.await(
            "it is asked", () -> waiting.app.heads.stream().anyMatch(head -> head.contains(path)));
        String more = PLAIN.formatted("one")
            + RawClient.head("POST /two HTTP/1.1", "Host: x", "Content-Length: " + bytes)
            + "x".repeat(bytes)
            + PLAIN.formatted("three");
        Thread sender = sender(client, more);
        if (turn == 0) {
          waiting.awaitLook(site);
          waiting.release.countDown();
          assertEquals("/wait0", client.reply().text());
        } else {
          assertEquals("/again0", client.reply().text());
        }
        assertEquals("/one0", client.reply().text());
        assertEquals("/two" + bytes, client.reply().text());
        assertEquals("/three0", client.reply().text());
        sender.join();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void its_connection_serves_on(boolean tls) throws Exception {
    try (Site site = waiting.overTls(folder, UpstreamLimits.DEFAULTS);
        RawClient client = client(site, tls)) {
      client.send(PLAIN.formatted("wait"));
      waiting.awaitAsked(1);
      waiting.awaitLook(site);
      waiting.release.countDown();
      assertEquals("/wait0", client.reply().text());
      for (int i = 0; i < 3; i++) {
        client.send(PLAIN.formatted(i));
        assertEquals("/" + i + "0", client.reply().text());
      }
    }
  }

  /** It may have begun to speak before its connection has changed its protocol. */
  @ParameterizedTest
  @CsvSource({"false,3", "true,3", "false,100000", "true,100000"})
  void its_upgraded_connection_gets_all_that_it_has_sent(boolean tls, int bytes) throws Exception {
    CountDownLatch upgrade = new CountDownLatch(1);
    String speech = "\r\n its own\r\n\tprotocol".repeat(bytes).substring(0, bytes);
    try (RawApp echo = new RawApp(request -> {
          upgrade.await();
          request.write(RawClient.head(
              "HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"));
          byte[] got = request.in().readNBytes(bytes);
          boolean same = speech.equals(new String(got, StandardCharsets.US_ASCII));
          request.write(same ? "heard" : "lost!");
          request.in().read();
        });
        Site site = WaitingApp.overTls(folder, UpstreamLimits.DEFAULTS, echo);
        RawClient client = client(site, tls)) {
      client.send(RawClient.upgrade("/socket", "x"));
      Site.await("it is asked", () -> echo.requests.get() == 1);
      Thread.sleep(500); // in which it is looked at
      Thread sender = sender(client, speech);
      Thread.sleep(200); // for the first bytes to come
      upgrade.countDown();
      assertEquals(101, client.reply().status());
      assertEquals("heard", new String(client.in.readNBytes(5), StandardCharsets.US_ASCII));
      sender.join();
      assertEquals(1, site.active(0));
      client.socket.close();
      Site.await("the tunnel is gone", () -> site.active(0) == 0);
    }
  }
}
