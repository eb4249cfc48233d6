package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.HttpsConfig;
import appliance.edge.site.FilesFirst;
import appliance.model.HostPort;
import appliance.testing.Certificates;
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
}
