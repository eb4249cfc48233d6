package appliance.testing;

import appliance.cluster.Cluster;
import appliance.cluster.raft.Timing;
import appliance.config.ClusterConfig;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.StartFailure;
import appliance.trust.Trust;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * One member of a cluster in a process of its own, to be killed, paused and cut off by tests. Tells what
 * it sees in lines of {@code microseconds WORD ...} on standard output, and takes commands on standard
 * input.
 *
 * <p>Arguments: cluster, node, data folder, address, port, peers (comma separated, or -), safe or fast.
 */
public final class ClusterProcess {

  private final Cluster cluster;

  private ClusterProcess(Cluster cluster) {
    this.cluster = cluster;
  }

  public static void main(String[] args) throws IOException {
    Path data = Path.of(args[2]);
    Files.createDirectories(data);
    List<HostPort> peers = args[5].equals("-")
        ? List.of()
        : Arrays.stream(args[5].split(",")).map(p -> HostPort.parse(p, 7800)).toList();
    ClusterConfig config =
        new ClusterConfig(args[0], args[1], data, args[3], Integer.parseInt(args[4]), peers);
    HostPort address = config.address();
    Endpoints endpoints = new Endpoints(address, address, address, address, Optional.empty());
    Timing timing = args[6].equals("fast") ? Timing.FAST : Timing.SAFE;
    Trust trust = Trust.open(data, Optional.of(TestSecret.SECRET), Clock.systemUTC());
    Cluster cluster =
        new Cluster(config, id(data), endpoints, trust, new Cluster.Pace(timing, System::nanoTime));
    new ClusterProcess(cluster).run();
  }

  private static NodeId id(Path data) throws IOException {
    Path file = data.resolve("node.id");
    if (!Files.exists(file)) {
      Files.writeString(file, NodeId.random().toString());
    }
    return NodeId.parse(Files.readString(file));
  }

  private void run() throws IOException {
    say("MAIN");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      say("CLOSING");
      cluster.close();
      say("CLOSED");
    }));
    cluster.views().subscribe(this::seen);
    Thread sampler = new Thread(this::sample, "sampler");
    sampler.setDaemon(true);
    sampler.start();
    try {
      cluster.start();
    } catch (StartFailure e) {
      say("FAILED " + e.exitCode() + " " + e.getMessage());
      System.exit(e.exitCode().number());
    }
    say("STARTED " + (cluster.founded() ? "founder" : "member"));
    cluster.views().subscribe(this::readyIfJoining);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      command(line.trim().split(" "));
    }
  }

  private void command(String[] words) {
    switch (words[0]) {
      case "drain" -> report(words[0], cluster.operations().drain(words[1]));
      case "resume" -> report(words[0], cluster.operations().resume(words[1]));
      case "handover" ->
        report(
            words[0],
            cluster
                .operations()
                .handover(words.length > 1 ? Optional.of(words[1]) : Optional.empty()));
      case "set" -> report(words[0], cluster.operations().set(words[1], words[2]));
      case "status" -> say("STATUS " + cluster.source().read().json());
      case "quit" -> System.exit(0);
      default -> say("UNKNOWN " + words[0]);
    }
  }

  private static void report(String what, java.util.concurrent.CompletionStage<Void> stage) {
    long from = System.nanoTime();
    stage.whenComplete((done, e) -> say("DONE " + what + " " + (e == null ? "ok" : e.getMessage())
        + " " + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - from) + "us"));
  }

  private void readyIfJoining(ClusterView view) {
    view.own().filter(own -> own.state() == MemberState.JOINING).ifPresent(own -> cluster.ready());
  }

  private void seen(ClusterView view) {
    say("VIEW master="
        + view.masterMember().map(m -> m.name()).orElse("-")
        + " epoch=" + view.epoch()
        + " quorum=" + view.quorum()
        + " members="
        + view.members().stream()
            .map(m -> m.name() + ":" + m.state())
            .collect(Collectors.joining(",")));
  }

  /** Shows within a millisecond when this process may write. */
  private void sample() {
    boolean held = false;
    while (true) {
      boolean holds = cluster.lease().valid();
      if (holds != held) {
        held = holds;
        say("LEASE " + holds + " epoch=" + cluster.lease().epoch());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private static synchronized void say(String line) {
    Instant now = Instant.now();
    System.out.println(now.getEpochSecond() * 1_000_000L + now.getNano() / 1000 + " " + line);
    System.out.flush();
  }
}
