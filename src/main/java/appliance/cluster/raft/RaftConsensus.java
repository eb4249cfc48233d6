package appliance.cluster.raft;

import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.Wire;
import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.raft.util.Utils;
import org.jgroups.util.ExtendedUUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Consensus} by jgroups-raft over one JGroups channel. The library's threads run it; a closed one
 * is not started again.
 */
public final class RaftConsensus implements Consensus, Receiver {

  private static final Logger log = LoggerFactory.getLogger(RaftConsensus.class);

  private static final byte[] RUN_KEY = utf8("run");
  private static final UUID NO_RUN = new UUID(0, 0);

  private final Setup setup;
  private final Watcher watcher;
  private final RaftMachine machine;
  private final DurableLog file;
  final RaftStack stack;
  final HearingWatch hearing;
  private final InetSocketAddress address;
  private volatile @Nullable JChannel channel;
  private volatile @Nullable Forwarding forwarding;
  private volatile Map<NodeId, UUID> reachable;
  private final KnownVoters voters = new KnownVoters();

  /**
   * What distinguishes this node's part in the group.
   *
   * @param group the name of the group: nodes with another one do not see each other
   * @param voters the voters as last known; empty for a node that joins
   * @param hosts where to look for the others
   * @param joinWait how long to wait for others until this node forms a group of its own
   * @param onVoters is told of each change of the voters before it takes effect
   */
  public record Setup(
      ClusterConfig config,
      NodeId self,
      UUID run,
      Timing timing,
      Trust trust,
      String group,
      Collection<NodeId> voters,
      List<HostPort> hosts,
      Duration joinWait,
      java.util.function.Consumer<Set<NodeId>> onVoters) {}

  /** Opens the log; connects with {@link #start}. */
  public RaftConsensus(Setup setup, InetAddress bind, Machine machine, Watcher watcher) {
    JGroupsClasses.onlyThoseNeeded();
    this.setup = setup;
    address = new InetSocketAddress(bind, setup.config().port());
    this.watcher = watcher;
    this.machine = new RaftMachine(machine);
    reachable = Map.of(setup.self(), setup.run());
    file = new DurableLog(ClusterFile.log(setup.config().data()), watcher::failed);
    file.onCommand(machine::appended);
    ExactRaft raft = new ExactRaft(
        setup.voters().stream().map(NodeId::toString).toList(),
        voters -> setup.onVoters().accept(ids(voters)),
        this.machine);
    raft.addRoleListener(role -> watcher.changed());
    stack = new RaftStack(address, setup.timing(), new MemberSockets(setup.trust()), raft);
    hearing = new HearingWatch(stack.hearing, stack.raft::isHeld, System::nanoTime);
  }

  @Override
  public void start() throws ConnectFailure, IOException {
    try {
      file.open();
    } catch (IOException e) {
      close();
      throw e;
    }
    try {
      stack.configureRaft(setup.self().toString(), file);
      machine.onRestored(stack.raft::votersReplaced);
      stack.raft.stateMachine(machine);
      JChannel opened = new JChannel(stack.protocols(hosts(setup.hosts()), setup.joinWait()));
      channel = opened;
      stack.silence();
      opened.name(setup.config().node());
      opened.addAddressGenerator(this::address);
      opened.setReceiver(this);
      forwarding = new Forwarding(opened, stack.raft, watcher);
      opened.connect(setup.group());
      stack.membership.setJoinTimeout(JOIN_MAX.toMillis());
      hearing.begin();
    } catch (Exception e) {
      close();
      throw new ConnectFailure(reason(e), hasCause(e, SecurityException.class), e);
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static boolean hasCause(Throwable e, Class<?> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public CompletionStage<String> submit(byte[] command) {
    Forwarding open = forwarding;
    return open == null
        ? CompletableFuture.failedFuture(new IllegalStateException("not connected"))
        : open.submit(command);
  }

  @Override
  public Progress progress() {
    if (channel == null) {
      return Progress.NONE;
    }
    ExactRaft raft = stack.raft;
    Address leader = raft.leader();
    return new Progress(
        raft.role(),
        raft.currentTerm(),
        file.lastAppended(),
        raft.commitIndex(),
        Optional.ofNullable(leader).map(RaftConsensus::id),
        voters.of(raft.members()));
  }

  @Override
  public Map<NodeId, UUID> reachable() {
    return reachable;
  }

  @Override
  public Optional<NodeId> coordinator() {
    JChannel open = channel;
    return Optional.ofNullable(open == null ? null : open.getView())
        .map(View::getCoord)
        .map(RaftConsensus::id);
  }

  @Override
  public void viewAccepted(View view) {
    Map<NodeId, UUID> members = new HashMap<>();
    view.getMembers().forEach(member -> members.put(id(member), run(member)));
    reachable = Map.copyOf(members);
    watcher.changed();
  }

  @Override
  public CompletionStage<Void> addVoter(NodeId id) {
    try {
      return stack.raft.addServer(id.toString()).thenAccept(done -> watcher.changed());
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletionStage<Void> removeVoter(NodeId id) {
    try {
      return stack.raft.removeServer(id.toString()).thenAccept(done -> watcher.changed());
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void receive(Message message) {
    Forwarding open = forwarding;
    if (open != null && message.hasArray()) {
      open.received(id(message.src()), message);
    }
  }

  @Override
  public void broadcast(byte[] message) {
    Forwarding open = forwarding;
    if (open != null) {
      open.broadcast(message);
    }
  }

  @Override
  public void lookFor(List<HostPort> addresses) {
    stack.discovery.setInitialHosts(hosts(addresses));
  }

  @Override
  public void unblock(int asked) {
    stack.election.callAgain(asked, hearing.hears());
  }

  @Override
  public boolean deaf() {
    return hearing.isDeaf();
  }

  @Override
  public boolean failed() {
    return file.failed();
  }

  @Override
  public synchronized void close() {
    hearing.close();
    JChannel open = channel;
    channel = null;
    forwarding = null;
    if (open != null) {
      stack.raft.stepDown();
      open.close();
    }
    try {
      file.close();
    } catch (RuntimeException e) {
      log.debug("The log was closed already", e);
    }
  }

  /** Resolves what can be; names that cannot are left out, they are looked up again later. */
  private List<InetSocketAddress> hosts(List<HostPort> addresses) {
    List<InetSocketAddress> hosts = new ArrayList<>(List.of(address));
    addresses.stream()
        .map(HostPort::socketAddress)
        .filter(host -> !host.isUnresolved() && !hosts.contains(host))
        .forEach(hosts::add);
    return hosts;
  }

  private static Set<NodeId> ids(Collection<String> names) {
    return names.stream().map(NodeId::parse).collect(Collectors.toUnmodifiableSet());
  }

  /** Every start of a node has an address of its own, and says in it which start that is. */
  private Address address() {
    byte[] run = Wire.encode(out -> Wire.uuid(out, setup.run()));
    return ExtendedUUID.randomUUID(setup.config().node()).put(RUN_KEY, run);
  }

  private static UUID run(Address address) {
    byte[] run = ((ExtendedUUID) address).get(RUN_KEY);
    try {
      return run == null ? NO_RUN : Wire.decode(run, Wire::uuid);
    } catch (IOException e) {
      log.warn("{} has an address of an unknown kind: {}", id(address), e.getMessage());
      return NO_RUN;
    }
  }

  static NodeId id(Address address) {
    return NodeId.parse(Utils.extractRaftId(address));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
