package appliance.cluster;

import appliance.config.ClusterConfig;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.trust.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in one cluster: from the connection to its group until it leaves. The cluster's loop
 * calls {@link #tick}.
 */
final class Session implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final Node node;
  private final UUID run = UUID.randomUUID();
  private final ReplicatedState state;
  private final Consensus consensus;
  private final Presence presence;
  private final Mastery mastery;
  private final Steward steward;
  private final Keyring keyring;
  private final boolean newcomer;
  private volatile ClusterFile file;
  private List<HostPort> hosts = List.of();

  /** What stays the same from one session of this node to the next. */
  record Node(
      ClusterConfig config,
      NodeId self,
      Endpoints endpoints,
      Timing timing,
      LongSupplier nanoTime,
      Trust trust) {}

  Session(Node node, Joining.Plan plan, Lease lease, Consensus.Watcher watcher) throws IOException {
    this.node = node;
    newcomer = plan.newcomer();
    file = plan.file().started();
    file.write(node.config().data());
    state = new ReplicatedState(watcher::changed);
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
            this::votersChanged),
        new Ports(node.config()).bind(),
        state,
        watcher);
    presence = new Presence(new Entry(
        node.self(),
        node.config().node(),
        node.endpoints(),
        file.incarnation(),
        run,
        0,
        node.config().failover().priority(),
        Standing.JOINING,
        node.trust().fingerprint()));
    mastery = new Mastery(lease, node.timing(), node.nanoTime());
    steward = new Steward(file, node.timing(), node.nanoTime());
    keyring = new Keyring(node.trust(), file.keys());
  }

  private List<HostPort> all(List<HostPort> known) {
    Set<HostPort> all = new LinkedHashSet<>(node.config().peers());
    all.addAll(known);
    return List.copyOf(all);
  }

  /** Whether this node had not been in the cluster before. */
  boolean newcomer() {
    return newcomer;
  }

  void connect() throws Consensus.ConnectFailure {
    consensus.start();
  }

  Situation situation() {
    return new Situation(node.self(), state.get(), consensus.progress(), consensus.reachable());
  }

  Consensus consensus() {
    return consensus;
  }

  Presence presence() {
    return presence;
  }

  Mastery mastery() {
    return mastery;
  }

  ClusterFile file() {
    return file;
  }

  UUID run() {
    return run;
  }

  Situation tick() {
    Situation now = situation();
    keyring
        .tick(now, presence.announced(), consensus)
        .ifPresent(keys -> write(known -> known.trusting(keys)));
    presence.tick(now, consensus);
    steward.tick(now, consensus);
    mastery.tick(now, consensus, run);
    rememberHosts(now);
    return now;
  }

  /** Where to look after a cut, or after all have been switched off. */
  private void rememberHosts(Situation now) {
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
    write(known -> known.with(others));
  }

  private void votersChanged(Set<NodeId> voters) {
    write(known -> known.with(voters));
  }

  private synchronized void write(UnaryOperator<ClusterFile> change) {
    ClusterFile next = change.apply(file);
    try {
      next.write(node.config().data());
      file = next;
    } catch (IOException e) {
      log.error(
          "The cluster's members cannot be written to {}: free space or mend the disk, then"
              + " restart",
          ClusterFile.path(node.config().data()),
          e);
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves the group. The right to write is the loop's to end, before: {@link Mastery#leave}. */
  @Override
  public void close() {
    consensus.close();
  }
}
