package appliance.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HttpsConfig;
import appliance.edge.site.FilesFirst;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An edge that stops while answers are under way. */
final class StoppingEdgeTest {

  @TempDir
  private Path folder = Path.of("");

  @Test
  void each_request_is_ended_on_its_connections_own_thread() throws Exception {
    HttpsConfig https =
        new HttpsConfig(new HostPort("127.0.0.1", 0), List.of(Certificates.make(folder, "x", "x")));
    List<Boolean> own = new CopyOnWriteArrayList<>();
    FilesFirst watching = (next, repeats) -> exchange -> {
      exchange.addExchangeCompleteListener((ended, following) -> {
        own.add(ended.isInIoThread());
        following.proceed();
      });
      next.handleRequest(exchange);
    };
    try (WaitingApp waiting = new WaitingApp()) {
      try (Site site = new Site(https, watching, waiting.app)) {
        RawHttp2 streams = new RawHttp2(site.httpsPort());
        streams.headers(
            1, true, List.of(":method: GET", ":scheme: https", ":authority: x", ":path: /slow"));
        new RawClient(site.port()).send(WaitingApp.PLAIN.formatted("slow"));
        new RawClient(RawHttp2.socket(site.httpsPort(), "http/1.1"))
            .send(WaitingApp.PLAIN.formatted("slow"));
        waiting.awaitAsked(3);
      }
      assertEquals(List.of(true, true, true), own);
    }
  }

  @Test
  void what_it_cuts_looks_whole_to_nobody_not_to_http_1_0_either() throws Exception {
    try (RawApp app = new RawApp(request -> {
      request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
      request.in().readAllBytes(); // until its connection is closed
    })) {
      RawClient client;
      try (Site site = new Site(app)) {
        client = new RawClient(site.port());
        client.send(RawClient.head("GET / HTTP/1.0", "Host: x"));
        assertTrue(new String(client.in.readNBytes(15), ISO_8859_1).contains(" 200 "));
      }
      assertThrows(SocketException.class, () -> client.in.readAllBytes());
    }
  }
}
