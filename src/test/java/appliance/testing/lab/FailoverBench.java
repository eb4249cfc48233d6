package appliance.testing.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures how long a cluster is without a master after each kind of event; {@code scripts/bench failover}
 * starts it. Arguments: folder, nodes, trials, safe or fast, minutes at most. Each trial is kept in the
 * folder's {@code trials} at once: a run that was broken off goes on where it was.
 */
public final class FailoverBench {

  private static final Pattern MASTER =
      Pattern.compile("^(\\S+Z) .*The master is (\\S+) \\(epoch (\\d+)\\)");
  private static final Pattern JOINED = Pattern.compile("is a member of .* after (\\d+) ms");
  /** A client that had a write under way to the dead soon sends another. */
  private static final long PATIENCE_MILLIS = 1_000;

  private static final Duration SETTLE = Duration.ofMillis(1_500);

  private final Path trials;
  private final LabCluster cluster;
  private final Map<String, List<Double>> done;

  private FailoverBench(Path trials, LabCluster cluster) {
    this.trials = trials;
    this.cluster = cluster;
    done = read(trials);
  }

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]).toAbsolutePath();
    int count = Integer.parseInt(args[1]);
    int wanted = Integer.parseInt(args[2]);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Long.parseLong(args[4]));
    Path trials = Files.createDirectories(folder).resolve("trials");
    Path run = Files.createTempDirectory(folder, "run");
    try (Hosts hosts = Hosts.up(count);
        LabCluster cluster = new LabCluster(hosts, run, List.of("--failover", args[3]))
            .start(5, PATIENCE_MILLIS, 0)) {
      FailoverBench bench = new FailoverBench(trials, cluster);
      bench.run(wanted, end);
      Checker.Verdict verdict = cluster.verdict();
      bench.note("two writable masters at once", verdict.overlapNanos() / 1e6);
      System.out.println(verdict);
    }
    table(read(trials), count, args[3]);
    System.exit(0);
  }

  private void run(int wanted, long end) {
    Map<String, Runnable> events = Map.of(
        "1 kill", this::kill,
        "2 cut", this::cut,
        "3 handover", this::handOver,
        "4 join", this::join,
        "5 pause", this::pause);
    boolean more = true;
    while (more && System.nanoTime() - end < 0) {
      more = false;
      for (String event : events.keySet().stream().sorted().toList()) {
        if (count(event) < wanted && System.nanoTime() - end < 0) {
          settle();
          events.getOrDefault(event, () -> {}).run();
          note(event, 0);
          more = true;
        }
      }
    }
  }

  private int count(String event) {
    return done.getOrDefault(event, List.of()).size();
  }

  private void settle() {
    cluster.awaitWrites();
    LabCluster.sleep(SETTLE.toMillis());
  }

  private void kill() {
    LabNode master = cluster.master();
    long epoch = cluster.epoch();
    Instant at = Instant.now();
    long from = System.nanoTime();
    master.kill();
    note("kill -9 -> a write accepted", (double) (firstWrite(epoch) - from));
    note("kill -9 -> new master known by all survivors", known(epoch, master, at));
    long joined = LabCluster.joins(master);
    master.start();
    LabCluster.await("it is back", () -> LabCluster.joins(master) > joined);
  }

  /** Until the last of the survivors names another master. */
  private double known(long epoch, LabNode dead, Instant from) {
    return cluster.nodes().stream()
        .filter(node -> node != dead)
        .mapToDouble(node -> Duration.between(from, named(node, epoch)).toNanos())
        .max()
        .orElseThrow();
  }

  private static Instant named(LabNode node, long epoch) {
    Instant[] found = {Instant.MAX};
    LabCluster.await(node.name() + " names the next master", () -> {
      node.log().stream()
          .map(MASTER::matcher)
          .filter(Matcher::find)
          .filter(m -> Long.parseLong(m.group(3)) > epoch && !m.group(2).equals("nobody"))
          .findFirst()
          .ifPresent(m -> found[0] = Instant.parse(m.group(1)));
      return !found[0].equals(Instant.MAX);
    });
    return found[0];
  }

  private long firstWrite(long epoch) {
    cluster.awaitEpochAfter(epoch);
    return cluster.newest().stream()
        .filter(ack -> ack.epoch() > epoch)
        .mapToLong(History.Ack::acked)
        .min()
        .orElseThrow();
  }

  private void cut() {
    LabNode master = cluster.master();
    long epoch = cluster.epoch();
    long from = System.nanoTime();
    cluster.hosts().lab("isolate", "" + master.host());
    note("cut -> a write accepted", (double) (firstWrite(epoch) - from));
    LabCluster.sleep(SETTLE.toMillis());
    Instant healed = Instant.now();
    cluster.hosts().lab("heal");
    note("heal -> one view", (double)
        Duration.between(healed, named(master, epoch)).toNanos());
  }

  private void handOver() {
    LabNode master = cluster.master();
    long epoch = cluster.epoch();
    long failedBefore = failures();
    long from = System.nanoTime();
    cluster.command(master, "handover");
    cluster.awaitEpochAfter(epoch);
    LabCluster.sleep(SETTLE.toMillis());
    List<Long> acked = cluster.newest().stream()
        .map(History.Ack::acked)
        .filter(at -> at > from)
        .sorted()
        .toList();
    long longest = 0;
    for (int i = 1; i < acked.size(); i++) {
      longest = Math.max(longest, acked.get(i) - acked.get(i - 1));
    }
    note("hand-over, longest write pause", (double) longest);
    note("hand-over, failed requests", (failures() - failedBefore) * 1e6);
  }

  /** A client that lost its patience has not been told anything: its wait counts as a pause. */
  private long failures() {
    return cluster.notDone().stream()
        .filter(line -> !line.contains("SocketTimeoutException"))
        .count();
  }

  /** With nothing of an earlier membership left. */
  private void join() {
    LabNode node = cluster.nodes().stream()
        .filter(each -> each != cluster.master())
        .reduce((a, b) -> b)
        .orElseThrow();
    node.terminate();
    cluster.forget(node);
    long joined = LabCluster.joins(node);
    node.start();
    LabCluster.await("it has joined", () -> LabCluster.joins(node) > joined);
    note("join of a node, control plane", joins(node).get(joins(node).size() - 1) * 1e6);
  }

  private static List<Double> joins(LabNode node) {
    return node.log().stream()
        .map(JOINED::matcher)
        .filter(Matcher::find)
        .map(m -> Double.valueOf(m.group(1)))
        .toList();
  }

  private void pause() {
    long epoch = cluster.epoch();
    for (LabNode node : cluster.nodes()) {
      node.pause();
      LabCluster.sleep(1_000);
      node.go();
      settle();
    }
    note("master changes by a 1 s pause of each", (cluster.epoch() - epoch) * 1e6);
  }

  private void note(String what, double nanos) {
    double millis = nanos / 1e6;
    done.merge(
        what, List.of(millis), (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
    try {
      Files.writeString(
          trials, millis + " " + what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println(what + ": " + millis);
  }

  private static Map<String, List<Double>> read(Path trials) {
    try {
      return Files.exists(trials)
          ? Files.readAllLines(trials).stream()
              .collect(Collectors.groupingBy(
                  line -> line.substring(line.indexOf(' ') + 1),
                  TreeMap::new,
                  Collectors.mapping(
                      line -> Double.valueOf(line.substring(0, line.indexOf(' '))),
                      Collectors.toList())))
          : new TreeMap<>();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void table(Map<String, List<Double>> all, int nodes, String failover) {
    System.out.println("\n| " + nodes + " nodes, " + failover + " | trials | p50 | p99 | max |");
    System.out.println("|---|---|---|---|---|");
    all.forEach((what, values) -> {
      if (!what.matches("\\d .*")) {
        List<Double> sorted = values.stream().sorted().toList();
        System.out.printf(
            "| %s | %d | %.0f | %.0f | %.0f |%n",
            what, sorted.size(), at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
      }
    });
    System.out.println("Milliseconds; changes, failures: a number.");
  }

  /** The smallest value that a share of all do not exceed. */
  private static double at(List<Double> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }
}
