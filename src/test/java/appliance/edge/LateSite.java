package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.TrafficConfig;
import appliance.edge.proxy.LocalApplication;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.LateAnswers;
import appliance.edge.write.WriteFence;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.FastCgiConfig;
import appliance.fastcgi.FastCgiLimits;
import appliance.fastcgi.PhpAddress;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Published;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A master's edge and its application, whose answers to writes come in a gap of the master's lease. */
final class LateSite implements AutoCloseable {

  static final Epoch FIVE = new Epoch(5);
  static final long NANOS_MAX = 1_000;
  static final int ANSWERS_MAX = 2;
  static final String WRITE =
      RawClient.head("POST /write.php HTTP/1.1", "Host: x", "Content-Length: 3") + "abc";

  private static final NodeId HERE = NodeId.random();
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  /** Stands still but for the test. */
  final AtomicLong clock = new AtomicLong();

  final LateAnswers late = new LateAnswers(clock::get, NANOS_MAX, ANSWERS_MAX);
  final Right right = new Right();
  final CountDownLatch goOn = new CountDownLatch(1);
  final AtomicInteger begun = new AtomicInteger();
  UpstreamLimits limits = UpstreamLimits.DEFAULTS;
  FastCgiLimits phpLimits = FastCgiLimits.DEFAULTS;

  private final Published<ClusterView> views = new Published<>(ClusterView.empty("test", HERE));
  private Runnable close = () -> {};

  private Edge edge(URI app, Optional<LocalApplication> local) {
    right.held = FIVE;
    EdgeConfig config = new EdgeConfig(
        ANY,
        Optional.empty(),
        Optional.empty(),
        Optional.of(app),
        List.of("admin."),
        TrafficConfig.DEFAULTS,
        ClientsConfig.DEFAULTS);
    WriteFence fence = new WriteFence(views, right, epoch -> false, late);
    Edge edge = new Edge(
        config,
        new EdgePorts(ANY, fence, local, Optional::empty),
        FilesFirst.NONE,
        limits,
        Site.HEALTH);
    edge.start();
    Endpoints endpoints = new Endpoints(ANY, ANY, ANY, ANY, Optional.of(app));
    Member self = new Member(HERE, "here", endpoints, MemberState.ACTIVE, "");
    views.publish(new ClusterView("test", HERE, FIVE, Optional.of(HERE), true, List.of(self)));
    Site.await("ready", () -> edge.health(HERE).healthy());
    return edge;
  }

  /** Before an application over HTTP that answers once it may. */
  Edge http(RawApp.Answer answer) {
    RawApp app = new RawApp(request -> {
      begun.incrementAndGet();
      goOn.await();
      answer.to(request);
    });
    Edge edge = edge(app.uri(), Optional.empty());
    close = () -> {
      edge.close();
      app.close();
    };
    return edge;
  }

  /**
   * Before a php that answers once it may.
   *
   * @param folder for its script
   * @param impatient answers before it has the body
   */
  Edge php(Path folder, FakePhp.Script answer, boolean impatient) throws IOException {
    Files.writeString(folder.resolve("write.php"), "");
    FakePhp php = new FakePhp(request -> {
      begun.incrementAndGet();
      FakePhp.await(goOn);
      answer.answer(request);
    });
    php.impatient = impatient;
    URI address = URI.create("fastcgi://127.0.0.1:" + php.port());
    FastCgi fpm =
        new FastCgi(FastCgiConfig.of(PhpAddress.parse(address), folder).with(phpLimits));
    Edge edge = edge(address, Optional.of(SitePair.local(fpm)));
    close = () -> {
      edge.close();
      php.close();
    };
    return edge;
  }

  /** Has a write answered in a gap. */
  void answeredInAGap(RawClient writer, String write) throws IOException {
    writer.send(write);
    Site.await("it is under way", () -> begun.get() == 1);
    right.held = Epoch.NONE;
    goOn.countDown();
    Site.await("its answer waits", () -> late.waiting() == 1);
    assertEquals(1, right.underWay.get(), "a hand-over waits for it");
    assertEquals(0, writer.in.available(), "nothing has gone out");
  }

  @Override
  public void close() {
    goOn.countDown();
    close.run();
  }
}
