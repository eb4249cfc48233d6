package appliance.testing.lab;

import appliance.testing.Await;
import appliance.testing.NodeProcess;
import appliance.testing.StartArchive;
import appliance.testing.TestSecret;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node and one noting application on each host, and clients that write through every node. Closing
 * ends all of it.
 */
public final class LabCluster implements AutoCloseable {

  private static final int HTTP = 8080;
  private static final int APP = 9000;

  /** Longer than a write is held. */
  private static final long PATIENCE_MILLIS = 15_000;

  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  private final Hosts hosts;
  private final Path folder;
  private final List<LabNode> nodes = new ArrayList<>();
  private final List<Process> others = new ArrayList<>();
  private final Acks acks;
  private @Nullable Process writers;

  /**
   * @param flags of every node, besides those that say where it is
   */
  public LabCluster(Hosts hosts, Path folder, List<String> flags) {
    this.hosts = hosts;
    this.folder = folder;
    acks = new Acks(folder.resolve("acks"));
    for (int host = 1; host <= hosts.count(); host++) {
      List<String> command = new ArrayList<>(List.of(java(), "-Xmx160m", "-XX:+UseSerialGC"));
      command.add("-XX:TieredStopAtLevel=1");
      command.addAll(StartArchive.options());
      command.addAll(List.of("-jar", NodeProcess.jar().toString()));
      command.addAll(arguments(host));
      command.addAll(flags);
      nodes.add(new LabNode(hosts, host, folder.resolve("n" + host + ".log"), command));
      application(host);
    }
  }

  private List<String> arguments(int host) {
    String peers = IntStream.rangeClosed(1, hosts.count())
        .mapToObj(hosts::address)
        .collect(Collectors.joining(","));
    String address = hosts.address(host);
    return List.of(
        "--join",
        "lab",
        "--name",
        "n" + host,
        "--data",
        folder.resolve("n" + host).toString(),
        "--bind",
        address,
        "--peers",
        peers,
        "--secret-file",
        secret().toString(),
        "--http",
        address + ":" + HTTP,
        "--admin",
        "127.0.0.1:8090",
        "--app",
        "http://" + address + ":" + APP,
        "--app-health-path",
        "/health");
  }

  private Path secret() {
    Path file = folder.resolve("join.secret");
    if (!Files.exists(file)) {
      try {
        TestSecret.write(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return file;
  }

  private void application(int host) {
    others.add(launch(
        String.valueOf(host),
        Ledger.class,
        List.of(
            String.valueOf(host), hosts.address(host), String.valueOf(APP), ledger(host) + "")));
  }

  private Path ledger(int host) {
    return folder.resolve("ledger" + host);
  }

  private Process launch(String host, Class<?> program, List<String> arguments) {
    List<String> command = new ArrayList<>(
        List.of(java(), "-Xmx48m", "-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath(), program.getName()));
    command.addAll(arguments);
    try {
      return hosts
          .on(host, command)
          .redirectError(folder.resolve(program.getSimpleName() + host + ".log").toFile())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The test classes, whoever loaded this one. */
  private static String classPath() {
    return Path.of(
            LabCluster.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        + File.pathSeparator
        + NodeProcess.jar();
  }

  public Hosts hosts() {
    return hosts;
  }

  public List<LabNode> nodes() {
    return List.copyOf(nodes);
  }

  public LabNode node(int host) {
    return nodes.get(host - 1);
  }

  /** Starts one after the other, as machines of one processor or two have to, and then the clients. */
  public LabCluster start(long pauseMillis) {
    return start(pauseMillis, PATIENCE_MILLIS, 1);
  }

  /** @param publicClients for each node, that write to a public host */
  LabCluster start(long pauseMillis, long patienceMillis, int publicClients) {
    for (LabNode node : nodes) {
      node.start();
      await(node.name() + " serves", () -> serves(node));
    }
    List<String> arguments = new ArrayList<>(
        List.of(acks.file() + "", pauseMillis + "", patienceMillis + "", publicClients + ""));
    nodes.forEach(node -> arguments.add(hosts.address(node.host()) + ":" + HTTP));
    writers = launch(Hosts.HUB, Writers.class, arguments);
    return awaitWrites();
  }

  private static boolean serves(LabNode node) {
    return joins(node) > 0;
  }

  /** How often a node has become a member, over all its starts. */
  static long joins(LabNode node) {
    return node.log().stream()
        .filter(line -> line.contains("of cluster lab serves"))
        .count();
  }

  /** Waits until a write through every node, sent after now, is acknowledged. */
  public LabCluster awaitWrites() {
    long now = System.nanoTime();
    for (LabNode node : nodes) {
      awaitAck("a write through " + node.name(), a -> a.through() == node.host() && a.sent() > now);
    }
    return this;
  }

  /** Waits for an acknowledgement, and returns it. */
  public History.Ack awaitAck(String what, Predicate<History.Ack> wanted) {
    List<History.Ack> found = new ArrayList<>();
    await(what, () -> {
      newest().stream().filter(wanted).findFirst().ifPresent(found::add);
      return !found.isEmpty();
    });
    return found.get(0);
  }

  /** What has been noted so far. */
  public History history() {
    try {
      return History.read(Stream.concat(
              Stream.of(acks.file()),
              IntStream.rangeClosed(1, hosts.count()).mapToObj(this::ledger))
          .filter(Files::exists)
          .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What clients were not told is done: {@code REFUSED} or {@code FAILED}, id, node, times, why. */
  public List<String> notDone() {
    try {
      return Files.readAllLines(acks.file()).stream()
          .filter(line -> line.startsWith("REFUSED") || line.startsWith("FAILED"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes all that a stopped node has kept: it comes back as a new one. */
  void forget(LabNode node) {
    Path data = folder.resolve(node.name()); // stays, empty: it may be a disk of its own
    try (Stream<Path> paths = Files.walk(data)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(data)) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command of the jar on a node's own host; returns its exit code. */
  public int command(LabNode node, String... arguments) {
    try {
      return begin(node, arguments).waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Begins a command of the jar on a node's own host. */
  Process begin(LabNode node, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(java(), "-jar", NodeProcess.jar().toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data", folder.resolve(node.name()).toString()));
    try {
      return hosts
          .on(String.valueOf(node.host()), command)
          .redirectErrorStream(true)
          .redirectOutput(
              ProcessBuilder.Redirect.appendTo(folder.resolve("commands").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The highest epoch in which a write was acknowledged so far. */
  public long epoch() {
    return newest().stream().mapToLong(History.Ack::epoch).max().orElse(0);
  }

  /** Waits until a write is acknowledged in a later epoch than {@code before}. */
  public void awaitEpochAfter(long before) {
    awaitAck("a write in an epoch after " + before, ack -> ack.epoch() > before);
  }

  /** Has the clients end, and tells what the checker finds. */
  public Checker.Verdict verdict() {
    Process running = writers;
    if (running != null) {
      try {
        running.getOutputStream().close();
        running.waitFor(10, TimeUnit.SECONDS);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return Checker.check(history());
  }

  /** The node that wrote last, by what has been acknowledged. */
  public LabNode master() {
    return newest().stream()
        .max(Comparator.comparingLong(History.Ack::acked))
        .map(ack -> node(ack.by()))
        .orElseThrow();
  }

  /** The last acknowledgements of masters, some thousand. */
  List<History.Ack> newest() {
    return acks.newest();
  }

  /** A condition that is looked at again and again. */
  @FunctionalInterface
  public interface Check {
    boolean holds();
  }

  public static void await(String what, Check check) {
    Await.until(what, WAIT_MAX, () -> "", check::holds);
  }

  public static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    nodes.forEach(LabNode::kill);
    others.forEach(Process::destroyForcibly);
    if (writers != null) {
      writers.destroyForcibly();
    }
  }
}
