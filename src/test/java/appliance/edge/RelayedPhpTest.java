package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClientsConfig;
import appliance.config.ConfigReader;
import appliance.config.DefaultSite;
import appliance.config.EdgeConfig;
import appliance.config.HttpsConfig;
import appliance.config.LocalMachine;
import appliance.config.Network;
import appliance.config.RequestLimits;
import appliance.config.TrafficConfig;
import appliance.edge.proxy.LocalApplication;
import appliance.edge.site.FilesFirst;
import appliance.edge.upstream.UpstreamLimits;
import appliance.edge.write.WriteFence;
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
import appliance.testing.Certificates;
import appliance.testing.Finished;
import appliance.testing.PhpFpm;
import appliance.testing.Ports;
import appliance.trust.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Php learns the same of a request on whichever node it runs: the relay between the nodes is not seen. */
final class RelayedPhpTest {

  private static final NodeId HERE = NodeId.random();
  private static final NodeId THERE = NodeId.random();
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);
  private static final Optional<URI> PHP = Optional.of(URI.create("fastcgi+unix:/unused"));

  /** Makes an answer worth compressing. */
  private static final String MORE = "-".repeat(300);

  @TempDir
  private Path folder = Path.of("");

  private final HostPort relay = new HostPort("127.0.0.1", Ports.free());
  private final Map<NodeId, Trust> trusts = new HashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private ClientsConfig clients = ClientsConfig.DEFAULTS;
  private DefaultSite site = DefaultSite.DEFAULTS;

  @BeforeEach
  void make_both_members() throws IOException {
    trusts.putAll(MutualTrust.of(folder, List.of(HERE, THERE)));
    open.addAll(trusts.values());
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private FastCgi php() throws IOException {
    Path root = Files.createDirectories(folder.resolve("site"));
    Files.writeString(
        root.resolve("index.php"),
        "<?php foreach (['REQUEST_URI', 'REQUEST_SCHEME', 'HTTPS', 'SERVER_NAME', 'SERVER_PORT',"
            + " 'REMOTE_ADDR', 'HTTP_HOST', 'HTTP_FORWARDED', 'HTTP_X_REAL_IP',"
            + " 'HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_HOST', 'HTTP_X_FORWARDED_PORT',"
            + " 'HTTP_X_FORWARDED_PROTO'] as $n) echo $n, '=', $_SERVER[$n] ?? '', \"\\n\";"
            + " echo '" + MORE + "';"
            + " if (isset($_GET['check'])) { $by = $_SERVER['REMOTE_PORT'] === '0' ? 'own' : 'other';"
            + " foreach (['REQUEST_TIME', 'REQUEST_TIME_FLOAT', 'SERVER_ADDR', 'REMOTE_ADDR',"
            + " 'REMOTE_PORT'] as $n) unset($_SERVER[$n]); ksort($_SERVER);"
            + " file_put_contents('" + folder + "/check', $by . json_encode($_SERVER) . \"\\n\","
            + " FILE_APPEND); }");
    Path socket = folder.resolve("fpm.sock");
    open.add(new PhpFpm(folder, socket.toString(), 2).start());
    return new FastCgi(
        FastCgiConfig.of(PhpAddress.parse(URI.create("fastcgi+unix:" + socket)), root));
  }

  private Edge edge(NodeId self, HostPort ownRelay, Optional<FastCgi> php) {
    Path certificate = Certificates.make(folder, self.toString(), "shop.example");
    EdgeConfig config = new EdgeConfig(
            ANY,
            Optional.of(new HttpsConfig(ANY, List.of(certificate))),
            Optional.empty(),
            php.flatMap(any -> PHP),
            List.of(),
            TrafficConfig.DEFAULTS,
            clients)
        .with(new DefaultSite(site.paths(), clients.answers(), site.frontController()));
    Member there = member(THERE, "there", relay, PHP);
    Member here = member(HERE, "here", ANY, Optional.empty());
    ClusterView view = new ClusterView(
        "test", self, new Epoch(1_000), Optional.of(HERE), true, List.of(here, there));
    List<LocalApplication> local = php.map(SitePair::local).stream().toList();
    Edge edge = new Edge(
        config,
        new EdgePorts(
            ownRelay,
            new WriteFence(new Published<>(view), new Right(), epoch -> true),
            local,
            Optional::empty,
            Optional.ofNullable(trusts.get(self)),
            Map.of()),
        FilesFirst.NONE,
        UpstreamLimits.DEFAULTS,
        Site.health(Optional.of("/index.php?check=1")));
    open.add(edge);
    edge.start();
    return edge;
  }

  private static Member member(NodeId id, String name, HostPort relay, Optional<URI> app) {
    return new Member(id, name, new Endpoints(ANY, ANY, relay, ANY, app), MemberState.ACTIVE, "");
  }

  private String curl(String scheme, int port) {
    return curl(scheme, port, "/a?b=c");
  }

  private String curl(String scheme, int port, String target) {
    return Finished.of(
            List.of(
                "curl",
                "-sSk",
                "--compressed",
                "--max-time",
                "60",
                "-HX-Forwarded-Proto: gopher",
                "-HX-Forwarded-For: 192.0.2.7",
                "-HX-Real-IP: 192.0.2.7",
                "-HX-Forwarded-Port: 8443",
                "-HHost: shop.example",
                "-HAppliance-Relay-Target: 0 /forged",
                scheme + "://127.0.0.1:" + port + target),
            Map.of(),
            folder)
        .output();
  }

  private static String learnt(String scheme) {
    boolean secure = scheme.equals("https");
    return "REQUEST_URI=/a?b=c\nREQUEST_SCHEME=" + scheme + "\nHTTPS=" + (secure ? "on" : "")
        + "\nSERVER_NAME=shop.example\nSERVER_PORT=" + (secure ? "443" : "80")
        + "\nREMOTE_ADDR=127.0.0.1\nHTTP_HOST=shop.example\nHTTP_FORWARDED=\nHTTP_X_REAL_IP=\n"
        + "HTTP_X_FORWARDED_FOR=\nHTTP_X_FORWARDED_HOST=\nHTTP_X_FORWARDED_PORT=\n"
        + "HTTP_X_FORWARDED_PROTO=\n" + MORE;
  }

  @Test
  void its_pages_are_compressed_once_on_their_way() throws Exception {
    clients = new ClientsConfig(
        List.of(), false, 0, Duration.ZERO, Optional.empty(), true, RequestLimits.DEFAULTS);
    List<Edge> both = bothReady();
    for (Edge edge : both) {
      assertEquals(learnt("http"), curl("http", edge.port()));
      assertEquals(learnt("https"), curl("https", edge.httpsPort()));
    }
    for (Edge edge : both) {
      assertEquals(2L, edge.source().read().json().get("answersCompressed"));
    }
  }

  @Test
  void after_a_rewrite_it_learns_what_the_client_asked_for() throws Exception {
    Path file = folder.resolve("appliance.yaml");
    Files.writeString(file, """
        join: test
        default-site: {rewrites: [{from: "/wiki/*", to: "/index.php?title=$1"}]}
        """);
    site = new ConfigReader(Map.of(), () -> new LocalMachine("web1", "127.0.0.1"))
        .read(Map.of(), Optional.of(file))
        .edge()
        .standard();
    for (Edge edge : bothReady()) {
      String told = curl("http", edge.port(), "/wiki/A%20b?c=d");
      assertTrue(told.startsWith("REQUEST_URI=/wiki/A%20b?c=d\n"), told);
      String plain = curl("http", edge.port(), "/wiki/Cat");
      assertTrue(plain.startsWith("REQUEST_URI=/wiki/Cat\n"), plain);
    }
  }

  @Test
  void it_learns_what_a_trusted_proxy_says() throws Exception {
    clients = new ClientsConfig(
        List.of(Network.parse("127.0.0.1")),
        false,
        0,
        Duration.ZERO,
        Optional.empty(),
        RequestLimits.DEFAULTS);
    List<Edge> both = bothReady();
    String told = learnt("http")
        .replace("SERVER_PORT=80", "SERVER_PORT=8443")
        .replace("REMOTE_ADDR=127.0.0.1", "REMOTE_ADDR=192.0.2.7");
    for (Edge edge : both) {
      assertEquals(told, curl("http", edge.port()));
    }
  }

  @Test
  void it_learns_who_came_how_and_not_how_the_nodes_speak_with_each_other() throws Exception {
    List<Edge> both = bothReady();
    for (Edge edge : both) {
      assertEquals(learnt("http"), curl("http", edge.port()));
      assertEquals(learnt("https"), curl("https", edge.httpsPort()));
    }
  }

  @Test
  void a_check_by_its_own_node_is_like_one_by_another() throws Exception {
    bothReady();
    String own = check("own");
    assertTrue(own.contains("\"REQUEST_URI\":\"\\/index.php?check=1\""), own);
    assertTrue(own.contains("\"HTTP_USER_AGENT\":\"appliance-health\""), own);
    assertEquals(check("other"), own);
  }

  /** The node that has php, and one that has none. */
  private List<Edge> bothReady() throws Exception {
    Edge there = edge(THERE, relay, Optional.of(php()));
    Edge here = edge(HERE, ANY, Optional.empty());
    Site.await("ready there", () -> there.health(THERE).healthy());
    Site.await("ready here", () -> here.health(THERE).healthy());
    return List.of(there, here);
  }

  /** What php saw of the first one. */
  private String check(String by) throws IOException {
    return Files.readAllLines(folder.resolve("check")).stream()
        .filter(line -> line.startsWith(by + "{"))
        .findFirst()
        .map(line -> line.substring(by.length()))
        .orElse("none");
  }
}
