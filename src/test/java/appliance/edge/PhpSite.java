package appliance.edge;

import appliance.config.ClientsConfig;
import appliance.config.EdgeConfig;
import appliance.config.HttpsConfig;
import appliance.edge.health.HealthRules;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgi;
import appliance.fastcgi.FastCgiConfig;
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
import java.util.function.UnaryOperator;

/** The edge of a single node before a php that answers as a test says; its access log lies in php's folder. */
final class PhpSite implements AutoCloseable {

  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  final FastCgi fastCgi;
  final Edge edge;
  private final FakePhp php;

  PhpSite(Path root, FakePhp php) throws IOException {
    this(root, php, ClientsConfig.DEFAULTS, config -> config);
  }

  /**
   * @param php belongs to the site from now on
   * @param change makes what is configured of it
   */
  PhpSite(Path root, FakePhp php, ClientsConfig clients, UnaryOperator<FastCgiConfig> change)
      throws IOException {
    this(root, php, clients, change, Optional.empty());
  }

  PhpSite(
      Path root,
      FakePhp php,
      ClientsConfig clients,
      UnaryOperator<FastCgiConfig> change,
      Optional<HttpsConfig> https)
      throws IOException {
    this.php = php;
    Files.writeString(root.resolve("index.php"), "");
    URI app = URI.create("fastcgi://127.0.0.1:" + php.port());
    fastCgi = new FastCgi(change.apply(FastCgiConfig.of(PhpAddress.parse(app), root)));
    EdgeConfig config = new EdgeConfig(
        ANY, https, Optional.of(root), Optional.of(app), List.of(), Site.logged(root), clients);
    edge = edge(config, fastCgi, FilesFirst.NONE, Site.health(Optional.empty()));
    edge.start();
    Site.await("php is ready", () -> !edge.rotation().ready().isEmpty());
  }

  /** That of a node which is alone, before a php. */
  static Edge edge(EdgeConfig config, FastCgi php, FilesFirst files, HealthRules health) {
    NodeId self = NodeId.random();
    Member own = new Member(
        self,
        "a",
        new Endpoints(ANY, ANY, ANY, ANY, Endpoints.together(config.apps())),
        MemberState.ACTIVE,
        "");
    Published<ClusterView> views = new Published<>(
        new ClusterView("test", self, new Epoch(1_000), Optional.of(self), true, List.of(own)));
    return new Edge(
        config,
        new EdgePorts(
            ANY,
            new WriteFence(views, new Right(), epoch -> true),
            Optional.of(SitePair.local(php)),
            Optional::empty),
        files,
        UpstreamLimits.DEFAULTS,
        health);
  }

  int port() {
    return edge.port();
  }

  /** Of what the edge tells. */
  long status(String name) {
    return number(edge.source().read().json().getOrDefault(name, 0));
  }

  /** Of what php's side tells. */
  long php(String name) {
    return number(fastCgi.status().json().getOrDefault(name, 0));
  }

  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  @Override
  public void close() {
    edge.close();
    php.close();
  }
}
