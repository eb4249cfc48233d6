package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.TrafficConfig;
import appliance.edge.proxy.LocalApplication;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.model.Caller;
import appliance.model.CheckResult;
import appliance.model.ClusterView;
import appliance.model.Health;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.Published;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** As many php pools as a node can have of a site, on a machine that does not answer. */
final class SeveralChecksTest {

  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  /** Each file is served by a thread that may block, as one from the disk is. */
  private static final FilesFirst FILES = (application, repeats) ->
      exchange -> exchange.dispatch(() -> exchange.getResponseSender().send("a file"));

  private final CountDownLatch never = new CountDownLatch(1);
  private final AtomicInteger begun = new AtomicInteger();

  private Health hang() {
    begun.incrementAndGet();
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the edge closes
    }
    return Health.unhealthy("no answer");
  }

  private Edge edge() {
    List<URI> pools = IntStream.range(0, EdgeConfig.APPS_MAX)
        .mapToObj(i -> URI.create("fastcgi://192.0.2.1:" + (9000 + i)))
        .toList();
    LocalApplication hanging = new LocalApplication(
        (exchange, caller) -> caller.unsent(Caller.Unsent.UNREACHABLE, "no answer"),
        this::hang,
        (thread, question, result) -> result.accept(CheckResult.PASSED),
        () -> false,
        () -> {});
    EdgeConfig config = new EdgeConfig(
        ANY,
        Optional.empty(),
        Optional.empty(),
        pools,
        List.of(),
        TrafficConfig.DEFAULTS,
        ClientsConfig.DEFAULTS,
        List.of());
    Published<ClusterView> views = new Published<>(ClusterView.empty("test", NodeId.random()));
    return new Edge(
        config,
        new EdgePorts(
            ANY,
            new WriteFence(views, new Right(), epoch -> true),
            Collections.nCopies(pools.size(), hanging),
            () -> Optional.of("key of the test"),
            Optional.empty(),
            Map.of()),
        FILES,
        UpstreamLimits.DEFAULTS,
        Site.HEALTH);
  }

  @Test
  void checks_that_hang_do_not_hold_up_the_serving_of_files() throws Exception {
    try (Edge edge = edge()) {
      edge.start();
      Site.await("checks hang", () -> begun.get() >= 8);
      for (int i = 0; i < 100; i++) {
        assertEquals("a file", RawClient.get(edge.port(), "/").text());
      }
    }
  }
}
