package appliance.cluster;

import appliance.cluster.join.Membership;
import appliance.cluster.join.Plan;
import appliance.cluster.join.Ports;
import appliance.cluster.mastery.Attending;
import appliance.cluster.mastery.Keyring;
import appliance.cluster.mastery.Lease;
import appliance.cluster.mastery.Mastery;
import appliance.cluster.mastery.Presence;
import appliance.cluster.mastery.Replicas;
import appliance.cluster.mastery.ReplicatedState;
import appliance.cluster.mastery.Situation;
import appliance.cluster.mastery.Steward;
import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.RaftConsensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.History;
import appliance.cluster.state.Standing;
import appliance.config.ClusterConfig;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.trust.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This node's part in one cluster: from the connection to its group until it leaves. The cluster's loop
 * calls {@link #tick}.
 */
final class Session implements Membership, AutoCloseable {

  /** For a removed node to wait until its vote is taken, and then until the others know. */
  private static final Duration VOTE_MAX = Duration.ofSeconds(10);

  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Node node;
  private final UUID run = UUID.randomUUID();
  private final ReplicatedState state;
  private final Consensus consensus;
  private final Presence presence;
  private final Mastery mastery;
  private final Steward steward;
  private final Keyring keyring;
  private final boolean newcomer;
  private final Keeping keeping;
  private volatile boolean carries;
  private List<HostPort> hosts = List.of();
  private SortedMap<NodeId, Entry> remembered = new TreeMap<>();
  private long removedAt;
  private String unusable = "";
  private @Nullable CompletionStage<String> holding;

  /** Changes what lies in the data folder between two sessions. */
  @FunctionalInterface
  interface Change {
    void make() throws IOException;
  }

  /** What stays the same from one session of this node to the next. */
  record Node(
      ClusterConfig config,
      NodeId self,
      Endpoints endpoints,
      Timing timing,
      LongSupplier nanoTime,
      Trust trust,
      Holdings holdings,
      Replicas replicas,
      Attending attending) {}

  Session(Node node, Plan plan, Lease lease, Consensus.Watcher watcher) throws IOException {
    this.node = node;
    newcomer = plan.newcomer();
    ClusterFile file = plan.file().started();
    keeping = new Keeping(node.config().data(), file);
    state = new ReplicatedState(watcher::changed, node.nanoTime());
    consensus = new RaftConsensus(
        new RaftConsensus.Setup(
            node.config(),
            node.self(),
            run,
            node.timing(),
            node.trust(),
            file.name() + "/" + file.cluster(),
            file.voters(),
            plan.newcomer() || plan.founds() ? file.hosts() : all(file.hosts()),
            plan.joinWait(),
            keeping::voters),
        new Ports(node.config()).bind(),
        state,
        watcher);
    presence = new Presence(
        new Entry(
            node.self(),
            node.config().node(),
            node.endpoints(),
            file.incarnation(),
            run,
            0,
            node.config().failover().priority(),
            node.config().witness() ? Standing.WITNESS : Standing.JOINING,
            node.trust().fingerprint()),
        node.nanoTime());
    mastery = new Mastery(
        lease, node.timing(), node.nanoTime(), node.replicas()::position, state::lastGrantBefore);
    carries = Recovery.carries(node.config().data());
    steward = new Steward(this::first, node.timing(), node.nanoTime(), state::lastRenewal);
    keyring = new Keyring(node.trust(), file.keys(), keeping);
  }

  private List<HostPort> all(List<HostPort> known) {
    Set<HostPort> all = new LinkedHashSet<>(node.config().peers());
    all.addAll(known);
    return List.copyOf(all);
  }

  /** What the log begins with; not looked at where it has begun. */
  private Command first() {
    try {
      return Recovery.first(node.config().data())
          .orElseGet(() -> new ClusterCommand.Found(file().cluster()));
    } catch (IOException e) {
      throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Whether this node had not been in the cluster before. */
  boolean newcomer() {
    return newcomer;
  }

  void connect() throws Consensus.ConnectFailure, IOException {
    consensus.start();
  }

  @Override
  public Situation situation() {
    return new Situation(
        node.self(),
        state.get(),
        consensus.progress(),
        consensus.reachable(),
        node.replicas().all());
  }

  @Override
  public Consensus consensus() {
    return consensus;
  }

  Presence presence() {
    return presence;
  }

  Mastery mastery() {
    return mastery;
  }

  /** As {@link Steward#standstill}. */
  String standstill() {
    return steward.standstill();
  }

  @Override
  public ClusterFile file() {
    return keeping.file();
  }

  UUID run() {
    return run;
  }

  Situation tick() {
    Situation now = situation();
    keyring
        .tick(now, presence.announced(), consensus)
        .ifPresent(keys -> keeping.soon(known -> known.trusting(keys)));
    presence.tick(now, consensus);
    node.replicas().tick(now);
    begin(now);
    hold(now);
    mastery.tick(now, consensus, run);
    node.attending().tick(now, consensus, state::lastGrantBefore, run);
    rememberHosts(now);
    return now;
  }

  /** Whether a right to write is to be asked for anew, which must not wait. */
  boolean due() {
    return mastery.due() || node.attending().due();
  }

  private void begin(Situation now) {
    try {
      steward.tick(now, consensus);
      if (carries && now.state().cluster().isPresent()) {
        carries = false;
        keeping.execute(() -> Recovery.begun(node.config().data()));
      }
    } catch (UncheckedIOException e) {
      unusable = String.valueOf(e.getMessage());
    }
  }

  @Override
  public boolean provisional() {
    Situation now = situation();
    return file().founder()
        && !carries
        && !now.state().held()
        && now.progress().voters().size() <= 1
        && file().voters().size() <= 1 // also when this session is over
        && !node.holdings().any();
  }

  /** Whether {@code other} was in the same cluster. */
  boolean continues(Session other) {
    return file().cluster().equals(other.file().cluster());
  }

  private void hold(Situation now) {
    boolean pending = holding != null && !holding.toCompletableFuture().isDone();
    if (file().founder()
        && !now.state().held()
        && now.state().cluster().isPresent()
        && !pending
        && node.holdings().any()) {
      holding = consensus.submit(new ClusterCommand.Hold().encode());
    }
  }

  /**
   * Why this node has to leave the cluster; empty as long as it need not. A removed one stays until its
   * vote has been taken from it, as the others may need it for that.
   */
  Optional<String> expelled(Situation now) {
    if (!unusable.isEmpty()) {
      return Optional.of(unusable);
    }
    Optional<History.Removal> departure = now.state().history().departure(node.self());
    if (departure.isEmpty()) {
      removedAt = 0;
      return Optional.empty();
    }
    long time = node.nanoTime().getAsLong();
    removedAt = removedAt == 0 ? time : removedAt;
    boolean votes = now.progress().voters().contains(node.self());
    return Optional.of(departure.get().refusal())
        .filter(reason -> time - removedAt > (votes ? VOTE_MAX : LINGER).toNanos());
  }

  /** Where to look after a cut, or after all have been switched off. */
  private void rememberHosts(Situation now) {
    if (now.state().members().equals(remembered)) {
      return;
    }
    remembered = now.state().members();
    List<HostPort> others = now.state().members().values().stream()
        .filter(member -> !member.id().equals(node.self()))
        .map(member -> member.endpoints().cluster())
        .distinct()
        .toList();
    if (others.equals(hosts) || others.isEmpty()) {
      return;
    }
    hosts = others;
    consensus.lookFor(all(others));
    keeping.soon(known -> known.with(others));
  }

  /** Leaves the group. The right to write is the loop's to end, before: {@link Mastery#leave}. */
  @Override
  public void close() {
    consensus.close();
    keeping.close();
  }
}
