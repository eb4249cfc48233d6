package appliance.testing.soak;

import appliance.testing.AnyCertificate;
import appliance.testing.Await;
import appliance.testing.Certificates;
import appliance.testing.Finished;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.PhpFpm;
import appliance.testing.Ports;
import appliance.testing.TestApp;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Three nodes under mixed load for minutes: {@code SEED MINUTES FOLDER}. Exit code 0: no request that must
 * not fail did, and no process grew.
 */
public final class Soak implements AutoCloseable {

  private static final int CHILDREN = 6;
  /** All of the heap is there from the start: what grows then is something else. */
  private static final String JVM = "-Xms256m -XX:+AlwaysPreTouch";

  private static final Duration SAMPLES = Duration.ofSeconds(5);
  private static final int BETWEEN_SECONDS = 12;
  private static final String PHP = "<?php echo 'php ', str_repeat('x', 2000);";

  private final Random random;
  private final Path folder;
  private final List<Runnable> owned = new ArrayList<>();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<PhpFpm> phps = new ArrayList<>();
  private final Map<NodeProcess, Integer> httpsPorts = new LinkedHashMap<>();
  private final List<Outcomes> outcomes = new ArrayList<>();
  private final List<Thread> clients = new ArrayList<>();
  private final Map<String, Integer> events = new LinkedHashMap<>();
  private final List<Footprint> footprints = new ArrayList<>();

  private Soak(long seed, Path folder) {
    random = new Random(seed);
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    System.out.println("seed " + args[0]);
    boolean good;
    try (Soak soak = new Soak(Long.parseLong(args[0]), Path.of(args[2]).toAbsolutePath())) {
      soak.start();
      good = soak.run(Duration.ofMinutes(Long.parseLong(args[1])));
    }
    System.exit(good ? 0 : 1);
  }

  private <T> T owns(T thing, Runnable close) {
    owned.add(0, close);
    return thing;
  }

  private void start() throws Exception {
    Files.createDirectories(folder);
    Path certificate = Certificates.make(folder, "site", "localhost");
    List<NodeSettings> plain = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Files.createDirectories(folder.resolve("node" + i));
      plain.add(NodeSettings.of("node" + i, folder.resolve("node" + i)));
    }
    for (NodeSettings settings : plain) {
      NodeProcess node = new NodeProcess(node(settings, plain, certificate));
      nodes.add(owns(node, node::close));
      String https = node.settings().flags().getOrDefault("--https", "");
      httpsPorts.put(node, Integer.parseInt(https.substring(https.indexOf(':') + 1)));
    }
    nodes.forEach(NodeProcess::start);
    nodes.forEach(NodeProcess::awaitActive);
    nodes.forEach(node -> footprints.add(new Footprint(node)));
  }

  private NodeSettings node(NodeSettings plain, List<NodeSettings> all, Path certificate)
      throws IOException {
    Path site = Files.createDirectories(plain.folder().resolve("site"));
    Files.writeString(site.resolve("small.txt"), "small ".repeat(200));
    Files.writeString(site.resolve("large.txt"), "large ".repeat(50_000));
    Path scripts = Files.createDirectories(plain.folder().resolve("php"));
    Files.writeString(scripts.resolve("index.php"), PHP);
    Path socket = Path.of("/tmp/soak-" + plain.port() + ".sock");
    PhpFpm php = new PhpFpm(plain.folder(), socket.toString(), CHILDREN).start();
    phps.add(owns(php, php::close));
    Path config = plain.folder().resolve("node.yaml");
    Files.writeString(
        config,
        String.join(
            "\n",
            "sites:",
            "  - name: php",
            "    hosts: [php.example]",
            "    root: " + scripts,
            "    app: fastcgi+unix:" + socket,
            "    front-controller: /index.php",
            ""));
    TestApp app = new TestApp("app-" + plain.name()).start();
    owns(app, app::close);
    return plain
        .withPeers(all)
        .withEnvironment("JDK_JAVA_OPTIONS", JVM)
        .with("--config", config.toString())
        .with("--site", site.toString())
        .with("--app", app.url().toString())
        .with("--app-health-path", TestApp.HEALTH_PATH)
        .with("--https", "127.0.0.1:" + Ports.free())
        .with("--access-log", plain.folder().resolve("access.log").toString())
        .with("--certificates", certificate.toString());
  }

  private boolean run(Duration time) throws Exception {
    Frontline frontline = new Frontline(nodes);
    Traffic traffic = new Traffic(frontline);
    begin(traffic);
    Thread sampler = daemon(this::sample);
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      TimeUnit.SECONDS.sleep(BETWEEN_SECONDS);
      disturb(frontline);
    }
    traffic.end();
    for (Thread client : clients) {
      client.join(60_000);
    }
    sampler.interrupt();
    sampler.join();
    return report();
  }

  /** Until it is interrupted. */
  private void sample() {
    try {
      while (true) {
        footprints.forEach(Footprint::sample);
        Thread.sleep(SAMPLES.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void begin(Traffic traffic) throws Exception {
    repeat(traffic, "static, small", new Traffic.Repeat("GET", "/small.txt", "x", 0, "small"));
    repeat(traffic, "static, large", new Traffic.Repeat("GET", "/large.txt", "x", 0, "large"));
    repeat(traffic, "proxy", new Traffic.Repeat("GET", "/app", "x", 0, "app-node"));
    repeat(traffic, "php", new Traffic.Repeat("GET", "/", "php.example", 0, "php"));
    repeat(traffic, "upload", new Traffic.Repeat("POST", "/upload", "x", 400_000, "400000"));
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new AnyCertificate()}, null);
    HttpClient client = HttpClient.newBuilder().sslContext(trusting).build();
    Outcomes http2 = outcomes("HTTP/2", true);
    Outcomes sockets = outcomes("WebSocket", false);
    for (int i = 0; i < 2; i++) {
      clients.add(daemon(() -> traffic.http2(client, httpsPorts, http2)));
      clients.add(daemon(() -> traffic.webSocket(client, sockets)));
    }
  }

  private void repeat(Traffic traffic, String kind, Traffic.Repeat what) {
    Outcomes of = outcomes(kind, what.method().equals("GET"));
    for (int i = 0; i < 2; i++) {
      clients.add(daemon(() -> traffic.repeat(what, of)));
    }
  }

  private Outcomes outcomes(String kind, boolean mustNotFail) {
    Outcomes made = new Outcomes(kind, mustNotFail);
    outcomes.add(made);
    return made;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "soak");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** One thing that happens on a working day; the first node is never restarted, to be measured. */
  private void disturb(Frontline frontline) throws IOException {
    int which = random.nextInt(4);
    NodeProcess node = nodes.get(which == 0 ? 1 + random.nextInt(2) : random.nextInt(3));
    switch (which) {
      case 0 -> {
        note("node restarted", node.name());
        frontline.out(node);
        drain(node);
        node.terminate();
        node.start();
        Await.until(
            node.name() + " is back",
            () -> "DRAINED".equals(node.member(node.name()).get("state").getAsString()));
        awaitActive(node);
        frontline.in(node);
      }
      case 1 -> {
        note("node drained and resumed", node.name());
        drain(node);
        awaitActive(node);
      }
      case 2 -> {
        note("php-fpm reloaded", node.name());
        phps.get(nodes.indexOf(node)).reload();
      }
      default -> {
        note("php-fpm restarted", node.name());
        phps.get(nodes.indexOf(node)).restart(Duration.ofMillis(200));
      }
    }
  }

  private void note(String event, String node) {
    events.merge(event, 1, Integer::sum);
    System.out.println(
        LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS) + " " + event + ": " + node);
  }

  private static void drain(NodeProcess node) {
    command(node, "drain");
    Await.until(
        node.name() + " is drained",
        () -> "DRAINED".equals(node.member(node.name()).get("state").getAsString()));
  }

  private static void awaitActive(NodeProcess node) {
    command(node, "resume");
    node.awaitActive();
  }

  private static void command(NodeProcess node, String word) {
    Finished done =
        node.command(word, node.name(), "--data", node.settings().data().toString());
    if (done.exitCode() != 0) {
      throw new IllegalStateException(word + " of " + node.name() + ": " + done.output());
    }
  }

  private boolean report() {
    boolean good = true;
    System.out.println();
    System.out.println("events: " + events);
    System.out.printf("%-16s %10s %8s %12s%n", "traffic", "answered", "failed", "longest, ms");
    for (Outcomes each : outcomes) {
      System.out.printf(
          "%-16s %10d %8d %12d%n",
          each.kind, each.goodCount(), each.badCount(), each.longestMillis());
      each.reasons().forEach(reason -> System.out.println("    " + reason));
      good &= each.goodCount() > 0 && !(each.mustNotFail && each.badCount() > 0);
    }
    for (Footprint each : footprints) {
      System.out.println(each);
      good &= each.flat();
    }
    for (NodeProcess node : nodes) {
      good &= noAnswerHeld(node);
    }
    System.out.println(good ? "clean" : "NOT CLEAN");
    return good;
  }

  /** Tells how many answers have waited for the right to go out since the last start; none may wait now. */
  private static boolean noAnswerHeld(NodeProcess node) {
    try {
      JsonObject edge = node.member(node.name()).getAsJsonObject("edge");
      long held = edge.get("answersHeld").getAsLong();
      System.out.printf(
          "%-8s answers held back: %d in all, %d now%n",
          node.name(), edge.get("answersEverHeld").getAsLong(), held);
      return held == 0;
    } catch (IOException e) {
      System.out.println(node.name() + " does not tell: " + e);
      return false;
    }
  }

  @Override
  public void close() {
    owned.forEach(Runnable::run);
  }
}
