package appliance.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.AppLimits;
import appliance.config.ClientsConfig;
import appliance.config.HttpsConfig;
import appliance.config.TrafficConfig;
import appliance.edge.upstream.UpstreamLimits;
import appliance.fastcgi.FakePhp;
import appliance.fastcgi.FastCgiLimits;
import appliance.model.HostPort;
import appliance.testing.Certificates;
import appliance.testing.Seed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers of any length, some cut off, for clients that are quick, slow, stuck, or leave in the middle: what a
 * client takes for a whole answer is one, to the last byte, and nothing is left over.
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

  @TempDir
  private Path root = Path.of("");

  private final long seed = Seed.next();
  private final int rounds = Integer.getInteger("fuzz.slow", 64);
  private final AtomicInteger whole = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();

  private HttpsConfig https() throws Exception {
    return new HttpsConfig(
        new HostPort("127.0.0.1", 0), List.of(Certificates.make(root, "x", "x")));
  }

  @Test
  void of_an_application_over_http() throws Exception {
    try (RawApp app = new RawApp(request -> answer(request.path()).send(request));
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
    FakePhp php = new FakePhp(request ->
        answer(String.valueOf(request.parameters().get("REQUEST_URI"))).send(request));
    FastCgiLimits limits = FastCgiLimits.of(PATIENT, Duration.ofSeconds(60));
    try (PhpSite site = new PhpSite(
        root, php, ClientsConfig.DEFAULTS, config -> config.with(limits), Optional.of(https()))) {
      run(site.port(), site.edge.httpsPort(), false);
      Site.await("no request under way", () -> site.status("active") == 0);
      Site.await("no child in use", () -> site.php("active") + site.php("queued") == 0);
      Site.await("all memory given back", () -> site.php("heldBytes") == 0);
    }
  }

  /** The path ends in the number. */
  private MadeAnswer answer(String path) {
    return new MadeAnswer(seed, Long.parseLong(path.substring(path.lastIndexOf('/') + 1)));
  }

  private void run(int port, int httpsPort, boolean overHttp) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<Object>> all = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        int round = i;
        Callable<Object> one = () -> {
          if (round % 4 == 0) {
            overHttp1(port, round, overHttp);
          } else {
            overHttp2(httpsPort, round, overHttp);
          }
          return round;
        };
        all.add(clients.submit(one));
      }
      for (Future<Object> each : all) {
        each.get();
      }
    } finally {
      clients.shutdownNow();
    }
    assertTrue(whole.get() > rounds / 2, whole + " whole");
    assertTrue(left.get() > rounds / 2, left + " left");
  }

  private void overHttp2(int port, int round, boolean overHttp) throws Exception {
    try (FitfulHttp2 client = new FitfulHttp2(port, seed + round)) {
      for (int i = 0; i < STREAMS; i++) {
        client.ask("/" + ((long) round * STREAMS + i));
      }
      for (FitfulHttp2.Stream stream : client.streams()) {
        MadeAnswer made = answer(stream.path());
        String told = "seed " + seed + ", " + stream + ", " + made.length + " bytes";
        byte[] bytes = stream.bytes();
        if (stream.ended()) {
          boolean refused = stream.status() >= 500; // says so itself, and is no whole answer
          assertTrue(refused || made.mayBeWhole(bytes, overHttp), told);
          whole.addAndGet(refused ? 0 : 1);
        } else {
          assertTrue(made.begins(bytes), told);
          left.incrementAndGet();
        }
      }
    }
  }

  private void overHttp1(int port, int round, boolean overHttp) throws Exception {
    try (RawClient client = new RawClient(port)) {
      boolean goesOn = true;
      for (int i = 0; i < STREAMS && goesOn; i++) {
        String path = "/" + ((long) round * STREAMS + i);
        client.send(RawClient.head("GET " + path + " HTTP/1.1", "Host: x"));
        if (round % 8 == 0 && i == 1) {
          assertEquals('H', client.in.read());
          left.incrementAndGet();
          return;
        }
        Thread.sleep(20);
        goesOn = taken(client.reply(), path, overHttp);
      }
    }
  }

  /** Returns whether the same connection is there for more. */
  private boolean taken(RawClient.Reply reply, String path, boolean overHttp) {
    MadeAnswer made = answer(path);
    byte[] bytes = reply.text().getBytes(StandardCharsets.ISO_8859_1);
    boolean told = reply.status() >= 500;
    assertTrue(
        told || (reply.whole() ? made.mayBeWhole(bytes, overHttp) : made.begins(bytes)),
        "seed " + seed + ", " + path + ", " + bytes.length + " of " + made.length + " bytes");
    whole.addAndGet(reply.whole() && !told ? 1 : 0);
    return reply.whole() && !reply.has("Connection: close");
  }
}
