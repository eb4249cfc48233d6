package appliance.cluster.join;

import appliance.cluster.join.Greeting.Entrance;
import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterFile;
import appliance.config.ClusterConfig;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.trust.Trust;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides at the start what this node is: a member that returns, a newcomer to a cluster that answers,
 * or the founder of a new one. Runs on the starting thread.
 *
 * <p>Of several newcomers that see each other, the one with the lowest id founds, and the others wait for
 * it.
 */
public final class Joining {

  private static final Duration WAIT_MAX = Duration.ofSeconds(10);
  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  /** Times to ask for the cluster that this node gives up its own one for. */
  private static final int ELSEWHERE_MAX = 4;

  /** How long a node that takes connections may be too busy to answer. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

  /** For the cluster to miss a node that has ended, whatever its failover. */
  private static final Duration MISSED_MAX = Duration.ofSeconds(6);

  private static final Duration PAUSE = Duration.ofMillis(30);
  private static final Duration ALONE = Duration.ofMillis(1);
  private static final Duration TOGETHER = Duration.ofMillis(700);

  private static final Logger log = LoggerFactory.getLogger(Joining.class);

  private final Screening screening;
  private final WaitingRoom waitingRoom;
  private final Unproven unproven;
  private final ClusterConfig config;
  private final NodeId self;
  private final Trust trust;
  private final DiscoveryClient discoveryClient;
  private final Supplier<List<HostPort>> heardOf;
  private final Expected expected;
  private final Waits waits;
  private final Duration waitMax;

  /**
   * @param heardOf nodes that a hint of the network has told of
   * @param waits told what this node waits for
   */
  public Joining(
      Identity identity,
      DiscoveryClient discoveryClient,
      Supplier<List<HostPort>> heardOf,
      Waits waits) {
    this(identity, discoveryClient, heardOf, waits, WAIT_MAX);
  }

  /**
   * @param waitMax for others than those that a person has named or decides for
   */
  Joining(
      Identity identity,
      DiscoveryClient discoveryClient,
      Supplier<List<HostPort>> heardOf,
      Waits waits,
      Duration waitMax) {
    this.waits = waits;
    this.waitMax = waitMax;
    config = identity.config();
    self = identity.self();
    trust = identity.trust();
    waitingRoom = new WaitingRoom(trust, config.peers());
    screening = new Screening(config, self, trust);
    unproven = new Unproven(config, trust, screening);
    this.discoveryClient = discoveryClient;
    this.heardOf = heardOf;
    expected = new Expected(config.cluster(), config.node(), config.expect());
  }

  /**
   * Waits for other nodes as long as there is a reason to.
   *
   * @throws StartFailure if this node may not or cannot be in the cluster
   * @throws IOException if the data folder cannot be read
   */
  public Plan decide() throws IOException, InterruptedException {
    Optional<ClusterFile> known = Past.of(config);
    boolean member = known.isPresent() && !known.get().voters().isEmpty();
    return member ? returning(known.get()) : newcomer(known);
  }

  /** What this node says of itself to others; {@code member} is empty for a newcomer. */
  public Greeting.Question question(Optional<ClusterFile> member) {
    return new Greeting.Question(
        config.cluster(),
        self,
        config.node(),
        member.map(ClusterFile::cluster),
        member.map(ClusterFile::incarnation).orElse(0L),
        config.address(),
        Greeting.Proof.NONE);
  }

  private Plan returning(ClusterFile file) throws InterruptedException {
    long deadline = System.nanoTime() + waitMax.toNanos();
    Set<Fingerprint> keys = new HashSet<>(file.keys());
    while (true) {
      // Only members count: those that were known, and those who have the secret. A copy of this
      // node's folder has its key as well.
      List<DiscoveryClient.Reply> all =
          discoveryClient.ask(hosts(file.hosts()), question(Optional.of(file))).stream()
              .filter(reply -> reply.proven()
                  || file.keys().contains(reply.key())
                  || reply.key().equals(trust.fingerprint()))
              .toList();
      List<DiscoveryClient.Reply> replies = Screening.ofCluster(file, screening.own(all));
      replies.forEach(reply -> keys.addAll(reply.answer().keys()));
      // This node itself is not connected yet: whoever is and has its id runs on a copy of its
      // folder.
      boolean twin = all.stream()
          .map(DiscoveryClient.Reply::answer)
          .anyMatch(answer -> answer.id().equals(self) && answer.connected());
      if (!twin && replies.stream().noneMatch(reply -> reply.answer().present())) {
        return Plan.returning(file.trusting(keys), joinWait(replies));
      }
      if (System.nanoTime() - deadline > 0) {
        throw new StartFailure(
            ExitCode.CLUSTER,
            "another node runs with this node's id (" + self + "): the data folder " + config.data()
                + " is a copy. Run 'appliance new-identity' on this machine and start it: it joins as a"
                + " new node");
      }
      waits.on("the cluster to see that its last run has ended", "That ends by itself");
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static Duration joinWait(List<DiscoveryClient.Reply> replies) {
    if (replies.isEmpty()) {
      return ALONE;
    }
    boolean connected = replies.stream().anyMatch(reply -> reply.answer().connected());
    return connected ? Consensus.JOIN_MAX : TOGETHER;
  }

  private Plan newcomer(Optional<ClusterFile> known) throws InterruptedException {
    long begun = System.nanoTime();
    long deadline = begun + waitMax.toNanos();
    while (true) {
      List<DiscoveryClient.Reply> replies = screening.named(
          discoveryClient.ask(hosts(List.of()), question(Optional.empty()), Joining::letsIn));
      if (isRefused(replies, begun)) {
        TimeUnit.MILLISECONDS.sleep(ASK_AGAIN.toMillis());
        continue;
      }
      Optional<WaitingRoom.Door> door = waitingRoom.door(replies);
      boolean deserted = waitingRoom.isDeserted(door);
      if (door.filter(WaitingRoom.Door::isOpen).isPresent()) {
        DiscoveryClient.Reply cluster = door.get().reply();
        return join(cluster, known.map(k -> starts(k, cluster)).orElse(0L));
      }
      if (deserted || door.filter(d -> d.entrance() == Entrance.ASKS).isPresent()) {
        door.filter(WaitingRoom.Door::believed)
            .ifPresent(d -> screening.refuseFor(List.of(d.reply())));
        waitingRoom.tell(door, waits);
        begun = System.nanoTime(); // a person decides, in person's time
        deadline = begun + waitMax.toNanos();
        TimeUnit.MILLISECONDS.sleep(ASK_AGAIN.toMillis());
        continue;
      }
      boolean late = System.nanoTime() - deadline > 0;
      Optional<DiscoveryClient.Reply> claim =
          door.isPresent() ? Optional.empty() : unproven.claim(replies);
      if (claim.isPresent()) {
        unproven.end(claim.get(), !discoveryClient.silent().isEmpty(), late);
        waits.on("a proof of the join secret", "The log says by whom; this node ends without it");
        TimeUnit.MILLISECONDS.sleep(ASK_AGAIN.toMillis());
        continue;
      }
      if (door.isEmpty()
          && !expected.here(replies.stream().map(DiscoveryClient.Reply::answer).toList(), waits)) {
        begun = System.nanoTime();
        deadline = begun + waitMax.toNanos();
        TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        continue;
      }
      boolean first = replies.stream().noneMatch(this::precedes);
      if (door.isPresent() && late) {
        throw new StartFailure(
            ExitCode.NOT_NOW,
            "the cluster '" + config.cluster() + "' cannot admit this node now: a majority of its"
                + " nodes must be up");
      }
      if (door.isEmpty() && (first || late) && !awaitsSilent(begun, late)) {
        if (replies.isEmpty()) {
          tellAlone();
        }
        return found();
      }
      tellWait(door.isPresent());
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    }
  }

  /**
   * Whether members that have the secret refuse this node; ends the start if they will not do otherwise by
   * themselves. For one that is right for them that may be because of an earlier node of its name, which
   * has just ended.
   */
  private boolean isRefused(List<DiscoveryClient.Reply> replies, long begun) {
    boolean late = System.nanoTime() - begun > MISSED_MAX.toNanos();
    List<DiscoveryClient.Reply> refusing = replies.stream()
        .filter(reply -> reply.proven() && !reply.answer().refusal().isEmpty())
        .toList();
    screening.refuseFor(refusing.stream()
        .filter(reply -> late || reply.answer().entrance() == Entrance.ASKS)
        .toList());
    refusing.stream()
        .map(DiscoveryClient.Reply::answer)
        .findFirst()
        .ifPresent(answer -> waits.on("the cluster to take it", "Now " + answer.refusal()));
    return !refusing.isEmpty();
  }

  /** Of the waits that have limits. */
  private void tellWait(boolean atTheDoor) {
    if (atTheDoor) {
      waits.on("the cluster to let it in", "For that a majority of its nodes must be up");
    } else if (discoveryClient.silent().isEmpty()) {
      waits.on("another new node to found the cluster", "That ends by itself");
    } else {
      waits.on(
          "an answer from " + Unproven.words(discoveryClient.silent()),
          "See what keeps it from that");
    }
  }

  /**
   * The cluster that this node gives up its own one for, if that lets it in now. It is not waited for as a
   * newcomer does: this node has a cluster to go back to.
   *
   * @param own the cluster that is given up
   * @param tried what the last try to be in the other one has left
   */
  public Optional<Plan> elsewhere(ClusterFile own, Optional<ClusterFile> tried)
      throws InterruptedException {
    for (int asked = 0; asked < ELSEWHERE_MAX; asked++) {
      Optional<DiscoveryClient.Reply> other = waitingRoom
          .door(screening.own(proven(hosts(own.hosts()))).stream()
              .filter(reply -> reply.answer().outranks(own))
              .toList())
          .filter(WaitingRoom.Door::isOpen)
          .map(WaitingRoom.Door::reply);
      if (other.isPresent()) {
        long starts = tried.map(known -> starts(known, other.get())).orElse(0L);
        return Optional.of(join(other.get(), Math.max(starts, own.incarnation())));
      }
      TimeUnit.MILLISECONDS.sleep(ASK_AGAIN.toMillis());
    }
    return Optional.empty();
  }

  /** How many starts of this folder that cluster may have seen. */
  private static long starts(ClusterFile known, DiscoveryClient.Reply reply) {
    boolean same = Optional.of(known.cluster()).equals(reply.answer().cluster());
    return same ? known.incarnation() : 0;
  }

  private List<DiscoveryClient.Reply> proven(List<HostPort> hosts) {
    return discoveryClient.ask(hosts, question(Optional.empty())).stream()
        .filter(DiscoveryClient.Reply::proven)
        .toList();
  }

  /** Whether this answer settles it: a cluster that goes on in any case, and takes this node. */
  private static boolean letsIn(DiscoveryClient.Reply reply) {
    Greeting.Answer answer = reply.answer();
    return reply.proven() && answer.connected() && !answer.provisional() && answer.open();
  }

  /**
   * Whether there is someone to wait for: a node that is too busy to answer may be in a cluster, and a
   * second one must not be founded beside it.
   */
  private boolean awaitsSilent(long begun, boolean late) {
    boolean tooLate = System.nanoTime() - begun > SILENCE_MAX.toNanos();
    return unproven.isWaitedFor(discoveryClient.silent(), late, tooLate);
  }

  /**
   * Of those that have a secret only those count who have the same. Who has one founds before who has none,
   * as the others could not prove it there.
   */
  private boolean precedes(DiscoveryClient.Reply reply) {
    Greeting.Answer other = reply.answer();
    boolean earlier = other.cluster().isPresent() || other.id().compareTo(self) < 0;
    return trust.secret().isPresent() ? reply.proven() && earlier : other.secret() || earlier;
  }

  /** The one that has answered is the first of the hosts: it takes connections. */
  private Plan join(DiscoveryClient.Reply reply, long starts) {
    Greeting.Answer answer = reply.answer();
    Set<Fingerprint> keys = new HashSet<>(answer.keys());
    keys.add(reply.key());
    Set<HostPort> hosts = new LinkedHashSet<>(List.of(reply.host()));
    hosts.addAll(answer.hosts());
    ClusterFile file = new ClusterFile(
        config.cluster(),
        answer.cluster().orElseThrow(),
        answer.foundedAt(),
        false,
        starts,
        Set.of(),
        List.copyOf(hosts),
        keys);
    return Plan.joining(file, Consensus.JOIN_MAX, doors(reply));
  }

  /** The one that has answered, and the one that it names first: that lets into the group. */
  private static List<HostPort> doors(DiscoveryClient.Reply reply) {
    return Stream.concat(
            Stream.of(reply.host()), reply.answer().hosts().stream().limit(1))
        .distinct()
        .toList();
  }

  /** As it should be on the first machine, and on any other the sign of a closed port. */
  private void tellAlone() {
    List<HostPort> peers =
        config.peers().stream().filter(peer -> !peer.equals(config.address())).toList();
    if (!peers.isEmpty()) {
      log.warn(
          "None of --peers answers ({}): this node founds a new cluster '{}'. If there is one already,"
              + " stop this node, run 'appliance new-identity', correct --peers or open their ports (7800"
              + " to 7804, if --port is 7800), give it that cluster's secret, and start it again",
          peers.stream().map(HostPort::toString).collect(Collectors.joining(", ")),
          config.cluster());
    }
  }

  private Plan found() {
    ClusterFile file = new ClusterFile(
        config.cluster(),
        UUID.randomUUID(),
        System.currentTimeMillis(),
        true,
        0,
        Set.of(self),
        List.of(),
        Set.of(trust.fingerprint()));
    return Plan.founding(file, ALONE);
  }

  private List<HostPort> hosts(List<HostPort> known) {
    List<HostPort> hosts = new ArrayList<>(config.peers());
    hosts.addAll(known);
    hosts.addAll(heardOf.get());
    hosts.remove(config.address());
    return hosts;
  }
}
