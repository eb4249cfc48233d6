package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.SiteConfig;
import appliance.config.TrafficConfig;
import appliance.edge.proxy.LocalApplication;
import appliance.edge.site.FilesFirst;
import appliance.edge.site.SiteContent;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.FastCgiConfig;
import appliance.fastcgi.PhpAddress;
import appliance.files.CacheRule;
import appliance.files.FileRoot;
import appliance.files.StaticFiles;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Published;
import appliance.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** The edges of two nodes, here and there, each with sites of its own; both reach each other's relay. */
final class SitePair implements AutoCloseable {

  static final NodeId HERE = NodeId.random();
  static final NodeId THERE = NodeId.random();

  private static final HostPort LOOPBACK = new HostPort("127.0.0.1", 0);

  private final UnaryOperator<FastCgiConfig> php;

  /** Where both members listen for each other, as far as the edges know. */
  private final HostPort cluster;

  /** How often a check found php busy, of either node. */
  final AtomicInteger putOff = new AtomicInteger();

  private final List<Runnable> open = new ArrayList<>();
  private final Map<NodeId, HostPort> relays = Map.of(HERE, relayPort(), THERE, relayPort());
  final Edge here;
  final Edge there;

  /**
   * What a node has.
   *
   * @param app its application for the default site
   * @param root its files of the default site
   * @param limits of what it grants applications
   */
  record Has(
      Optional<URI> app, Optional<Path> root, List<SiteConfig> sites, UpstreamLimits limits) {

    Has(Optional<URI> app, Optional<Path> root, List<SiteConfig> sites) {
      this(app, root, sites, UpstreamLimits.DEFAULTS);
    }
  }

  SitePair(Has here, Has there) {
    this(here, there, php -> php);
  }

  /**
   * @param php makes what is configured of each php
   */
  SitePair(Has here, Has there, UnaryOperator<FastCgiConfig> php) {
    this(here, there, php, LOOPBACK);
  }

  /** As on two machines: what listens on the loopback of one is reached from the other by its relay. */
  static SitePair apart(Has here, Has there) {
    return new SitePair(here, there, php -> php, new HostPort("192.0.2.1", 1));
  }

  private SitePair(Has here, Has there, UnaryOperator<FastCgiConfig> php, HostPort cluster) {
    this.php = php;
    this.cluster = cluster;
    List<Member> members = List.of(member(HERE, "here", here), member(THERE, "there", there));
    this.here = edge(HERE, here, members);
    this.there = edge(THERE, there, members);
    this.here.start();
    this.there.start();
  }

  private static HostPort relayPort() {
    return new HostPort("127.0.0.1", Ports.free());
  }

  /** Where the other node reaches the application of {@code node}. */
  int relayPort(NodeId node) {
    return relay(node).port();
  }

  private HostPort relay(NodeId node) {
    return Optional.ofNullable(relays.get(node)).orElseThrow();
  }

  private Member member(NodeId id, String name, Has has) {
    HostPort any = LOOPBACK;
    Map<String, URI> sites = new LinkedHashMap<>();
    has.sites()
        .forEach(site -> site.app()
            .flatMap(app -> Endpoints.together(app.urls()))
            .ifPresent(app -> sites.put(site.name(), app)));
    Endpoints endpoints = new Endpoints(cluster, any, relay(id), any, has.app()).with(sites);
    return new Member(id, name, endpoints, MemberState.ACTIVE, "");
  }

  private Edge edge(NodeId self, Has has, List<Member> members) {
    EdgeConfig config = new EdgeConfig(
            new HostPort("127.0.0.1", 0),
            Optional.empty(),
            has.root(),
            has.app(),
            List.of("admin."),
            TrafficConfig.DEFAULTS,
            ClientsConfig.DEFAULTS)
        .with(has.sites());
    Published<ClusterView> views = new Published<>(
        new ClusterView("test", self, new Epoch(1_000), Optional.of(HERE), true, members));
    Map<String, SiteContent> contents = new LinkedHashMap<>();
    has.sites().forEach(site -> contents.put(site.name(), content(site)));
    Edge edge = new Edge(
        config,
        new EdgePorts(
            relay(self),
            new WriteFence(views, new Right(), epoch -> true),
            List.of(),
            () -> Optional.of("key of the test"),
            Optional.empty(),
            contents),
        files(has.root(), List.of()),
        has.limits(),
        Site.HEALTH);
    open.add(edge::close);
    return edge;
  }

  private SiteContent content(SiteConfig site) {
    List<LocalApplication> local = site.app().filter(SiteConfig.Application::fastCgi).stream()
        .flatMap(app -> app.urls().stream()
            .map(url ->
                php.apply(FastCgiConfig.of(PhpAddress.parse(url), site.root().orElseThrow())
                    .withNeverExecuted(site.paths().uploads())
                    .withFrontController(app.frontController()))))
        .map(FastCgi::new)
        .map(fpm -> counted(local(fpm)))
        .toList();
    List<CacheRule> rules = site.answers().cacheControl().stream()
        .map(rule -> new CacheRule(rule.path()::matches, rule.value()))
        .toList();
    return new SiteContent(files(site.root(), rules), local);
  }

  /** As the node makes it. */
  static LocalApplication local(FastCgi php) {
    return new LocalApplication(php::handle, php::check, php::ask, php::busy, php::close);
  }

  private LocalApplication counted(LocalApplication app) {
    return new LocalApplication(
        app.handler(),
        app.check(),
        app.ask(),
        () -> {
          boolean busy = app.busy().getAsBoolean();
          putOff.addAndGet(busy ? 1 : 0);
          return busy;
        },
        app.close());
  }

  private FilesFirst files(Optional<Path> root, List<CacheRule> rules) {
    return root.<FilesFirst>map(folder -> (next, repeats) -> {
          StaticFiles files =
              new StaticFiles(FileRoot.site(folder).withCacheRules(rules), next, repeats::offer);
          open.add(0, files::close);
          return files;
        })
        .orElse(FilesFirst.NONE);
  }

  /** A file that has been there for a while, and so may be a hot answer at once. */
  static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
  }

  /** Asks again and again, checking each answer, until 20 more answers were hot. */
  static void untilHot(Edge at, Callable<?> ask) {
    int before = hot(at);
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (hot(at) < before + 20) {
      assertTrue(System.nanoTime() - end < 0, "no hot answers within 90 s");
      try {
        ask.call();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private static int hot(Edge edge) {
    return ((Number) edge.source().read().json().getOrDefault("hotAnswers", 0)).intValue();
  }

  static RawClient.Reply get(Edge at, String host, String path) throws IOException {
    return RawClient.ask(at.port(), RawClient.head("GET " + path + " HTTP/1.1", "Host: " + host));
  }

  static RawClient.Reply post(Edge at, String host, String path) throws IOException {
    return RawClient.ask(
        at.port(),
        RawClient.head("POST " + path + " HTTP/1.1", "Host: " + host, "Content-Length: 0"));
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).run();
    }
  }
}
