package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AppLimits;
import appliance.edge.upstream.UpstreamLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An application with more requests than it can take is no dead one, for the other nodes neither. */
final class RelayOverloadTest {

  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** One connection for each I/O thread, and no place in the queue. */
  private static final UpstreamLimits TIGHT = UpstreamLimits.of(
      new AppLimits(
          1, 1, new AppLimits.Queue(0, Duration.ofSeconds(1)), AppLimits.Timeouts.DEFAULTS, true),
      THREADS);

  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger fewest = new AtomicInteger(2);

  @Test
  void who_refuses_for_want_of_a_connection_stays_in_the_rotation() throws Exception {
    try (RawApp busy = new RawApp(request -> {
          goOn.await();
          request.ok("at last");
        });
        RawApp other = RawApp.saying("instead");
        SitePair pair = SitePair.apart(has(busy, TIGHT), has(other, UpstreamLimits.DEFAULTS))) {
      Site.await("both are ready", () -> pair.there.rotation().ready().size() == 2);
      Thread watch = new Thread(() -> watch(pair.there));
      watch.setDaemon(true);
      watch.start();
      List<RawClient> clients = new ArrayList<>();
      // Every second one goes to the busy application, which has one place for each thread.
      for (int i = 0; i < 4 * THREADS; i++) {
        RawClient client = new RawClient(pair.there.port());
        clients.add(client);
        client.send(RawClient.head("POST / HTTP/1.1", "Host: x", "Content-Length: 0"));
      }
      Site.await("one was refused", () -> number(pair.there, "retries") > 0);
      goOn.countDown();
      for (RawClient client : clients) {
        int status = client.reply().status();
        assertTrue(status == 200 || status == 503, "status " + status);
        client.close();
      }
      watch.interrupt();
      watch.join();
      assertEquals(2, fewest.get());
    }
  }

  private static SitePair.Has has(RawApp app, UpstreamLimits limits) {
    return new SitePair.Has(Optional.of(app.uri()), Optional.empty(), List.of(), limits);
  }

  private static int number(Edge edge, String name) {
    return ((Number) edge.source().read().json().getOrDefault(name, 0)).intValue();
  }

  /** Remembers how few applications were ever ready. */
  private void watch(Edge edge) {
    try {
      while (true) {
        int ready = edge.rotation().ready().size();
        fewest.updateAndGet(least -> Math.min(least, ready));
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      return; // the test is over
    }
  }
}
