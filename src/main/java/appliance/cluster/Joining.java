package appliance.cluster;

import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides at the start what this node is: a member that returns, a newcomer to a cluster that answers,
 * or the founder of a new one. Runs on the starting thread.
 *
 * <p>Of several newcomers that see each other, the one with the lowest id founds, and the others wait for
 * it.
 */
final class Joining {

  private static final Duration WAIT_MAX = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(30);
  private static final Duration ALONE = Duration.ofMillis(1);
  private static final Duration TOGETHER = Duration.ofMillis(700);

  private static final Logger log = LoggerFactory.getLogger(Joining.class);

  private final Set<NodeId> foreign = new HashSet<>();
  private final ClusterConfig config;
  private final NodeId self;
  private final Search search;
  private final Supplier<List<HostPort>> heardOf;
  private final Expected expected;

  /**
   * What to do.
   *
   * @param newcomer whether others must be met: a group of this node alone would be a mistake
   */
  record Plan(ClusterFile file, boolean newcomer, boolean founds, Duration joinWait) {}

  /**
   * @param heardOf nodes that a hint of the network has told of
   */
  Joining(ClusterConfig config, NodeId self, Search search, Supplier<List<HostPort>> heardOf) {
    this.config = config;
    this.self = self;
    this.search = search;
    this.heardOf = heardOf;
    expected = new Expected(config.cluster(), config.node(), config.expect());
  }

  Plan decide() throws IOException, InterruptedException {
    Optional<ClusterFile> known = ClusterFile.read(config.data());
    if (known.isPresent() && !known.get().name().equals(config.cluster())) {
      throw new StartFailure(
          ExitCode.CLUSTER,
          "the data folder %s belongs to the cluster '%s', not to '%s': start with --join %s, or with"
                  .formatted(
                      config.data(),
                      known.get().name(),
                      config.cluster(),
                      known.get().name())
              + " another --data");
    }
    boolean member = known.isPresent() && !known.get().voters().isEmpty();
    return member ? returning(known.get()) : newcomer(known);
  }

  Greeting.Question question(Optional<ClusterFile> member) {
    return new Greeting.Question(
        config.cluster(),
        self,
        config.node(),
        member.map(ClusterFile::cluster),
        member.map(ClusterFile::incarnation).orElse(0L),
        config.address());
  }

  private Plan returning(ClusterFile file) throws InterruptedException {
    long deadline = System.nanoTime() + WAIT_MAX.toNanos();
    while (true) {
      List<Greeting.Answer> answers =
          own(file, refused(search.ask(hosts(file.hosts()), question(Optional.of(file)))));
      if (answers.stream().noneMatch(Greeting.Answer::present)) {
        return new Plan(file, false, false, joinWait(answers));
      }
      if (System.nanoTime() - deadline > 0) {
        throw new StartFailure(
            ExitCode.CLUSTER,
            "another node runs with this node's id (" + self + "): the data folder " + config.data()
                + " is a copy. Start this machine once with --new-identity: it joins as a node of its"
                + " own");
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** The answers of this node's own cluster; fails if there are only those of another one. */
  private List<Greeting.Answer> own(ClusterFile file, List<Greeting.Answer> answers) {
    List<Greeting.Answer> own = answers.stream()
        .filter(answer -> answer.cluster().equals(Optional.of(file.cluster())))
        .toList();
    boolean holds = file.voters().size() > 1 || !file.founder(); // else it may be given up
    answers.stream()
        .filter(answer -> holds && own.isEmpty() && answer.connected() && !answer.provisional())
        .findFirst()
        .ifPresent(stranger -> {
          throw new StartFailure(
              ExitCode.CLUSTER,
              "this node belongs to the cluster '%s' (%s), and %s to another one named '%s' (%s): they"
                      .formatted(
                          file.name(),
                          file.cluster(),
                          stranger.node(),
                          stranger.name(),
                          stranger.cluster().map(UUID::toString).orElse("unknown"))
                  + " never mix. To bring this machine into the other one, start it once with"
                  + " --new-identity; to keep it in its own, correct --peers");
        });
    return own;
  }

  private static Duration joinWait(List<Greeting.Answer> answers) {
    if (answers.isEmpty()) {
      return ALONE;
    }
    boolean connected = answers.stream().anyMatch(Greeting.Answer::connected);
    return connected ? RaftStack.JOIN : TOGETHER;
  }

  private Plan newcomer(Optional<ClusterFile> known) throws InterruptedException {
    long deadline = System.nanoTime() + WAIT_MAX.toNanos();
    while (true) {
      List<Greeting.Answer> answers =
          refused(search.ask(hosts(List.of()), question(Optional.empty())));
      Optional<Greeting.Answer> cluster = answers.stream()
          .filter(answer -> answer.cluster().isPresent() && answer.connected())
          .min(Comparator.comparing(Greeting.Answer::provisional)
              .thenComparing(Greeting.Answer::foundedAt));
      if (cluster.isPresent()) {
        return join(cluster.get(), known);
      }
      boolean first = answers.stream()
          .noneMatch(answer -> answer.cluster().isPresent() || answer.id().compareTo(self) < 0);
      if (!expected.here(answers)) {
        deadline = System.nanoTime() + WAIT_MAX.toNanos();
      } else if (first || System.nanoTime() - deadline > 0) {
        return found();
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    }
  }

  private Plan join(Greeting.Answer cluster, Optional<ClusterFile> known) {
    ClusterFile file = new ClusterFile(
        config.cluster(),
        cluster.cluster().orElseThrow(),
        cluster.foundedAt(),
        false,
        known
            .filter(k -> k.cluster().equals(cluster.cluster().orElseThrow()))
            .map(ClusterFile::incarnation)
            .orElse(0L),
        Set.of(),
        cluster.hosts());
    return new Plan(file, true, false, RaftStack.JOIN);
  }

  private Plan found() {
    ClusterFile file = new ClusterFile(
        config.cluster(),
        UUID.randomUUID(),
        System.currentTimeMillis(),
        true,
        0,
        Set.of(self),
        List.of());
    return new Plan(file, false, true, ALONE);
  }

  private List<HostPort> hosts(List<HostPort> known) {
    List<HostPort> hosts = new ArrayList<>(config.peers());
    hosts.addAll(known);
    hosts.addAll(heardOf.get());
    hosts.remove(config.address());
    return hosts;
  }

  /** Leaves only answers of this cluster's name by others, and fails if one of them refuses. */
  private List<Greeting.Answer> refused(List<Greeting.Answer> answers) {
    answers.stream()
        .filter(answer -> !answer.name().equals(config.cluster()) && foreign.add(answer.id()))
        .forEach(answer -> log.warn(
            "{} is in the cluster '{}', not in '{}', and is left out: correct --peers or --join",
            answer.node(),
            answer.name(),
            config.cluster()));
    List<Greeting.Answer> own = answers.stream()
        .filter(answer -> answer.name().equals(config.cluster()))
        .filter(answer -> !answer.id().equals(self))
        .toList();
    own.stream().filter(answer -> !answer.refusal().isEmpty()).findFirst().ifPresent(answer -> {
      throw new StartFailure(
          ExitCode.CLUSTER, answer.node() + " refuses this node: " + answer.refusal());
    });
    return own;
  }
}
