package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AppLimits;
import appliance.config.ClientsConfig;
import appliance.config.HttpsConfig;
import appliance.config.SiteConfig;
import appliance.config.TrafficConfig;
import appliance.edge.upstream.UpstreamLimits;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgiLimits;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import appliance.testing.Seed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers of any length, some cut off, for clients that are quick, slow, stuck, or leave in the middle: what a
 * client takes for a whole answer is one, to the last byte; what an application gives whole a client gets whole;
 * and nothing is left over.
 */
final class SlowClientsFuzzTest {

  private static final int CLIENTS = 8;
  private static final int STREAMS = 6;

  /** Longer than the test takes: whatever is left over is not cleared away by a limit. */
  private static final AppLimits PATIENT = new AppLimits(
      STREAMS,
      STREAMS,
      AppLimits.Queue.DEFAULTS,
      new AppLimits.Timeouts(
          Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofHours(1), Duration.ZERO),
      true);

  private static final FastCgiLimits PHP = FastCgiLimits.of(PATIENT, Duration.ofSeconds(60));

  /** More than a socket takes whose other side reads nothing; the edge holds what is beyond. */
  private static final int HELD = 3_000_000;

  /** So much that the other node's edge has to hold some, too. */
  private static final int RELAYED = 16_000_000;

  /** Rounds of the other tests. */
  private static final int RELAYED_ONE_IN = 32;

  @TempDir
  private Path root = Path.of("");

  private final long seed = Seed.next();
  private final int rounds = Integer.getInteger("fuzz.slow", 64);
  private final Map<String, MadeAnswer> answers = new ConcurrentHashMap<>();
  private final AtomicInteger whole = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();

  private HttpsConfig https() throws Exception {
    return new HttpsConfig(
        new HostPort("127.0.0.1", 0), List.of(Certificates.make(root, "x", "x")));
  }

  private RawApp app() {
    return new RawApp(request -> answer(request.path()).send(request));
  }

  private FakePhp php() {
    return new FakePhp(request -> {
      String path = String.valueOf(request.parameters().get("REQUEST_URI"));
      if (path.matches("/\\d+/\\d+")) {
        answer(path).send(request);
      } else {
        request.answer("another node's check");
      }
    });
  }

  @Test
  void of_an_application_over_http() throws Exception {
    try (RawApp app = app();
        Site site = new Site(UpstreamLimits.of(PATIENT, 2), https(), TrafficConfig.DEFAULTS, app)) {
      run(site.port(), site.httpsPort(), true);
      Site.await("no request under way", () -> site.status("active").intValue() == 0);
      Site.await("all buffers given back", () -> site.status("buffersInUse").intValue() == 0);
      Site.await(
          "no connection in use",
          () -> site.status("upstreamConnections").intValue()
              == site.status("upstreamConnectionsIdle").intValue());
    }
  }

  @Test
  void of_php() throws Exception {
    try (PhpSite site = new PhpSite(
        root, php(), ClientsConfig.DEFAULTS, config -> config.with(PHP), Optional.of(https()))) {
      run(site.port(), site.edge.httpsPort(), false);
      Site.await("no request under way", () -> site.status("active") == 0);
      Site.await("no child in use", () -> site.php("active") + site.php("queued") == 0);
      Site.await("all memory given back", () -> site.php("heldBytes") == 0);
    }
  }

  @Test
  void of_another_nodes_php() throws Exception {
    FakePhp php = php();
    Files.writeString(root.resolve("index.php"), "");
    URI address = URI.create("fastcgi://127.0.0.1:" + php.port());
    SiteConfig.Application app = new SiteConfig.Application(address, Optional.of("/index.php"));
    try (php;
        SitePair pair = new SitePair(
            has(site(Optional.empty(), Optional.empty())),
            has(site(Optional.of(root), Optional.of(app))),
            config -> config.with(PHP))) {
      byRelay(pair, false);
    }
  }

  @Test
  void of_another_nodes_application_over_http() throws Exception {
    try (RawApp raw = app();
        SitePair pair = SitePair.apart(
            has(site(Optional.empty(), Optional.empty())),
            has(site(
                Optional.empty(),
                Optional.of(new SiteConfig.Application(raw.uri(), Optional.empty())))))) {
      byRelay(pair, true);
    }
  }

  private static SiteConfig site(Optional<Path> root, Optional<SiteConfig.Application> app) {
    return new SiteConfig("x", List.of("x"), List.of("admin."), root, app);
  }

  private static SitePair.Has has(SiteConfig site) {
    return new SitePair.Has(
        Optional.empty(), Optional.empty(), List.of(site), UpstreamLimits.of(PATIENT, 2));
  }

  private void byRelay(SitePair pair, boolean overHttp) throws Exception {
    List<Edge> both = List.of(pair.here, pair.there);
    for (Edge edge : both) {
      Site.await("ready", () -> told(edge, "sites").contains("x: 1 ready"));
    }
    int clients = Math.max(1, rounds / RELAYED_ONE_IN);
    run(clients, round -> tardy(plain(pair.here.port()), RELAYED, round, overHttp));
    for (Edge edge : both) {
      Site.await("no request under way", () -> told(edge, "active").equals("0"));
      Site.await("all buffers given back", () -> told(edge, "buffersInUse").equals("0"));
    }
  }

  private static String told(Edge edge, String name) {
    return String.valueOf(edge.source().read().json().get(name));
  }

  private MadeAnswer answer(String path) {
    return answers.computeIfAbsent(path, asked -> new MadeAnswer(seed, asked));
  }

  @FunctionalInterface
  private interface Round {

    void run(int number) throws Exception;
  }

  private static void run(int rounds, Round one) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<Object>> all = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        int number = i;
        Callable<Object> round = () -> {
          one.run(number);
          return number;
        };
        all.add(clients.submit(round));
      }
      for (Future<Object> each : all) {
        each.get();
      }
    } finally {
      clients.shutdownNow();
    }
  }

  private void run(int port, int httpsPort, boolean overHttp) throws Exception {
    run(rounds, round -> {
      switch (round % 16) {
        case 0, 8 -> leaving(port, round, overHttp);
        case 2 -> tardy(plain(port), HELD, round, overHttp);
        case 4, 12 -> quick(port, round, overHttp);
        case 10 -> tardy(RawHttp2.socket(plain(httpsPort), "http/1.1"), HELD, round, overHttp);
        default -> overHttp2(httpsPort, round, overHttp);
      }
    });
    assertTrue(whole.get() > rounds / 2, whole + " whole");
    assertTrue(left.get() > rounds / 2, left + " left");
  }

  private void overHttp2(int port, int round, boolean overHttp) throws Exception {
    try (FitfulHttp2 client = new FitfulHttp2(port, seed + round)) {
      for (int i = 0; i < STREAMS; i++) {
        client.ask(path(0, round, i));
      }
      for (FitfulHttp2.Stream stream : client.streams()) {
        if (stream.ended() || stream.cut()) {
          ended(
              stream.path(),
              stream.status(),
              stream.bytes(),
              stream.ended(),
              overHttp,
              "" + stream);
        } else {
          assertTrue(answer(stream.path()).begins(stream.bytes()), "seed " + seed + ", " + stream);
          left.incrementAndGet();
        }
      }
    }
  }

  private static String path(int least, int round, int number) {
    return MadeAnswer.path(least, (long) round * STREAMS + number);
  }

  /** What came of an answer that its client took for as long as anything came. */
  private void ended(
      String path, int status, byte[] bytes, boolean all, boolean overHttp, String as) {
    MadeAnswer made = answer(path);
    String told = "seed " + seed + ", " + as + ", " + bytes.length + " of " + made.length
        + " bytes, status " + status + (all ? "" : ", cut");
    if (made.given() || (all && status < 500)) {
      assertTrue(all && made.mayBeWhole(bytes, overHttp), told);
      whole.incrementAndGet();
    } else if (!all) {
      assertTrue(made.begins(bytes), told);
    }
  }

  private void leaving(int port, int round, boolean overHttp) throws Exception {
    try (RawClient client = new RawClient(port)) {
      if (asks(client, path(0, round, 0), false, overHttp)) {
        client.send(get(path(0, round, 1), false));
        assertEquals('H', client.in.read());
      }
      left.incrementAndGet();
    }
  }

  private void quick(int port, int round, boolean overHttp) throws Exception {
    try (RawClient client = new RawClient(port)) {
      boolean goesOn = true;
      for (int i = 0; i < STREAMS && goesOn; i++) {
        goesOn = asks(client, path(0, round, i), i == STREAMS - 1, overHttp);
      }
    }
  }

  /** One with room for little takes nothing before much is held for it, and pauses again and again. */
  private void tardy(Socket socket, int least, int round, boolean overHttp) throws Exception {
    try (RawClient client = new RawClient(socket, new TardyStream(socket, seed + round))) {
      String held = path(least, round, 0);
      client.send(get(held, false));
      answer(held).awaitStill();
      if (takes(client, held, overHttp)) {
        asks(client, path(0, round, 1), true, overHttp);
      }
    }
  }

  private static Socket plain(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(TardyStream.ROOM_BYTES);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  /** Returns whether the connection is there for more, as it is behind an answer that is not the last. */
  private boolean asks(RawClient client, String path, boolean last, boolean overHttp)
      throws IOException {
    client.send(get(path, last));
    return takes(client, path, overHttp);
  }

  private static String get(String path, boolean last) {
    String connection = last ? "close" : "keep-alive";
    return RawClient.head("GET " + path + " HTTP/1.1", "Host: x", "Connection: " + connection);
  }

  private boolean takes(RawClient client, String path, boolean overHttp) throws IOException {
    RawClient.Reply reply = client.reply();
    byte[] bytes = reply.text().getBytes(StandardCharsets.ISO_8859_1);
    ended(path, reply.status(), bytes, reply.whole(), overHttp, path);
    boolean closes = reply.has("Connection: close");
    if (reply.whole() && closes) {
      assertEquals(-1, client.in.read(), "more comes behind " + path + " of seed " + seed);
    }
    return reply.whole() && !closes;
  }
}
