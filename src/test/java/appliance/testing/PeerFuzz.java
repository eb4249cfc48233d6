package appliance.testing;

import appliance.cluster.join.FalseCluster;
import appliance.model.HostPort;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Two real nodes that go on with their work while a {@link Stranger} is at the ports between them, and a {@link
 * FalseCluster}.
 * Fails if that costs them more than the stranger's connections.
 */
public final class PeerFuzz implements AutoCloseable {

  /** Handshakes, eight from an address at each port, and the node's own questions, 16 at a time. */
  private static final int THREADS_MORE_MAX = 64;

  private static final long MEMORY_MORE_MEGABYTES_MAX = 200;
  private static final int LOG_LINES_MAX = 60;

  /** JGroups, calls between nodes, the relay, the doorbell. */
  private static final List<Integer> OFFSETS = List.of(0, 1, 2, 4);

  private static final Duration WORK_EVERY = Duration.ofMillis(250);

  private final NodeProcess victim;
  private final NodeProcess other;
  private final TestApp app = new TestApp("app").start();

  public PeerFuzz(Path folder) {
    NodeSettings first = settings("node1", folder);
    NodeSettings second = settings("node2", folder);
    victim =
        new NodeProcess(first.withPeers(List.of(second)).with("--app", app.url().toString()));
    other = new NodeProcess(second.withPeers(List.of(first)));
  }

  private static NodeSettings settings(String name, Path folder) {
    NodeSettings settings = NodeSettings.of(name, folder.resolve(name));
    return settings.with("--media", settings.media().toString());
  }

  /** For the report of a failed test. */
  public List<NodeProcess> nodes() {
    return List.of(victim, other);
  }

  /** Runs for {@code time}; returns what was done and what it cost, in words. */
  public String run(long seed, Duration time) throws Exception {
    victim.startAndAwait();
    other.startAndAwait();
    Await.until("both vote", Await.DEADLINE, victim::status, () -> voters() == 2);
    long epoch = victim.status().get("epoch").getAsLong();
    Cost before = cost();
    int said = victim.log().lines().toList().size();
    Map<String, Long> done;
    int works = 0;
    try (Stranger stranger = new Stranger(ports(), seed);
        FalseCluster falsehood = falseCluster(seed)) {
      long end = System.nanoTime() + time.toNanos();
      long due = System.nanoTime();
      while (System.nanoTime() - end < 0) {
        stranger.act();
        if (System.nanoTime() - due >= 0) {
          work(works++);
          falsehood.ring();
          due = System.nanoTime() + WORK_EVERY.toNanos();
        }
      }
      Await.until("an answer for it", Await.DEADLINE, victim::logTail, falsehood::ring);
      done = new TreeMap<>(stranger.done());
      check("threads", cost().threads() - before.threads(), THREADS_MORE_MAX, seed);
    }
    work(works++);
    Cost after = cost();
    check("megabytes", after.megabytes() - before.megabytes(), MEMORY_MORE_MEGABYTES_MAX, seed);
    check("changes of the master", victim.status().get("epoch").getAsLong() - epoch, 0, seed);
    check("lines of log", victim.log().lines().toList().size() - said, LOG_LINES_MAX, seed);
    return "seed " + seed + ": " + done + ", meanwhile " + works
        + " files between the nodes; before " + before + ", after " + after;
  }

  private FalseCluster falseCluster(long seed) throws IOException {
    NodeSettings settings = victim.settings();
    HostPort address = new HostPort("127.0.0.1", settings.port());
    return new FalseCluster(address, settings.media().resolveSibling("stranger"), seed);
  }

  private List<Integer> ports() {
    return OFFSETS.stream().map(offset -> victim.settings().port() + offset).toList();
  }

  /** A file of each node gets to the other one: by JGroups, and by calls over the peer ports. */
  private void work(int number) throws IOException {
    for (NodeProcess from : nodes()) {
      NodeProcess to = from == victim ? other : victim;
      String name = from.name() + "-" + number % 20;
      String text = "file " + number;
      Files.writeString(from.settings().media().resolve(name), text);
      Path copy = to.settings().media().resolve(name);
      Await.until(
          name + " is at " + to.name(),
          Await.DEADLINE,
          to::logTail,
          () -> Files.exists(copy) && Files.readString(copy).equals(text));
    }
  }

  private int voters() throws IOException {
    JsonObject cluster = victim.member(victim.name()).getAsJsonObject("cluster");
    return cluster.get("voters").getAsInt();
  }

  private record Cost(long threads, long megabytes) {}

  private Cost cost() throws IOException {
    Path process = Path.of("/proc", String.valueOf(victim.pid()));
    try (Stream<Path> threads = Files.list(process.resolve("task"));
        Stream<String> status = Files.lines(process.resolve("status"))) {
      long kilobytes = status
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
      return new Cost(threads.count(), kilobytes / 1024);
    }
  }

  private static void check(String what, long more, long max, long seed) {
    if (more > max) {
      throw new AssertionError("a stranger costs " + more + " " + what + ", seed " + seed);
    }
  }

  @Override
  public void close() {
    victim.close();
    other.close();
    app.close();
  }

  /** Arguments: the seed, the minutes, a folder. */
  public static void main(String[] args) throws Exception {
    try (PeerFuzz fuzz = new PeerFuzz(Path.of(args[2]).toAbsolutePath())) {
      Duration time = Duration.ofMillis((long) (Double.parseDouble(args[1]) * 60_000));
      String report = fuzz.run(Long.parseLong(args[0]), time) + "\n";
      System.out.write(report.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      System.out.flush();
    }
  }
}
