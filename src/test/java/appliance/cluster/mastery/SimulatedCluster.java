package appliance.cluster.mastery;

import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.Standing;
import appliance.model.Endpoints;
import appliance.model.Epoch;
import appliance.model.Fingerprint;
import appliance.model.GtidPosition;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Nodes with the real {@link Mastery}, {@link Attending}, {@link Steward} and {@link Presence}, on a log
 * that agrees to everything in some order and brings it to each node some time later; with faults it loses
 * one command in fifty, has one come twice, and some late. All on one thread; a millisecond passes when the test says so.
 */
final class SimulatedCluster {

  private static final UUID RUN = new UUID(9, 1);
  private static final Timing TIMING = Timing.FAST;
  private static final int DELAY_MILLIS_MAX = 30;
  private static final int WRITE_MILLIS_MAX = 300;
  private static final int RECHECK_MILLIS = 10;

  /** So many commands of fifty come late, behind others that were sent after them. */
  private static final int LATE = 10;

  private final Random random;
  private final boolean faults;

  /** Whether nodes that are not master write as well. */
  private final boolean attended;

  private final List<Node> nodes = new ArrayList<>();
  private final List<Command> log = new ArrayList<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private final List<Ack> acks = new ArrayList<>();
  private final Set<Epoch> inOrder = new HashSet<>();
  private final Set<Epoch> byForce = new HashSet<>();
  private ClusterState agreed = ClusterState.EMPTY;
  private long millis = 1_000_000;
  private long order;
  private int failed;

  private record Later(long at, long order, Runnable what) {}

  /**
   * A write that a client was told of.
   *
   * @param took from its beginning on
   */
  record Ack(Epoch epoch, long millis, boolean master, long took) {}

  SimulatedCluster(int size, long seed, boolean faults) {
    random = new Random(seed);
    this.faults = faults;
    attended = !faults || seed % 2 == 0; // the first numbers of seeds in a row are almost the same
    say(new ClusterCommand.Found(new UUID(1, 1)));
    for (int i = 0; i < size; i++) {
      agreed = agreed.with(entry(i));
      nodes.add(new Node(i));
    }
    ClusterState begin = agreed;
    nodes.forEach(node -> node.begin(begin));
  }

  private static Entry entry(int number) {
    HostPort none = new HostPort("127.0.0.1", 0);
    return new Entry(
        id(number),
        "n" + number,
        new Endpoints(none, none, none, none, Optional.empty()),
        1,
        RUN,
        number,
        100,
        Standing.ACTIVE,
        new Fingerprint(String.format("%064x", number)));
  }

  private static NodeId id(int number) {
    return new NodeId(new UUID(5, number));
  }

  private void after(long delay, Runnable what) {
    later.add(new Later(millis + delay, order++, what));
  }

  /** Lets that many milliseconds pass. */
  void run(long length) {
    for (long end = millis + length; millis < end; millis++) {
      while (!later.isEmpty() && later.element().at <= millis) {
        later.remove().what.run();
      }
      nodes.forEach(Node::live);
    }
  }

  /** Has the log agree to it, at once. */
  String say(Command command) {
    Epoch before = agreed.mastership().epoch();
    var outcome = command.apply(agreed.counted());
    agreed = outcome.state();
    log.add(command);
    Mastership now = agreed.mastership();
    if (!now.epoch().equals(before)) {
      (now.handedOver() ? inOrder : byForce).add(now.epoch());
    }
    return outcome.refusal();
  }

  /** As the log has it; nodes may not have heard of it yet. */
  Mastership mastership() {
    return agreed.mastership();
  }

  List<NodeId> all() {
    return nodes.stream().map(node -> node.id).toList();
  }

  /** All but the master. */
  List<NodeId> others() {
    return all().stream().filter(id -> !mastership().heldBy(id)).toList();
  }

  NodeId any() {
    return nodes.get(random.nextInt(nodes.size())).id;
  }

  /** Stops a node, as SIGSTOP would, for that many milliseconds. */
  void hang(NodeId id, long length) {
    node(id).hangsUntil = millis + length;
  }

  void write(NodeId id, long length) {
    node(id).write(length);
  }

  private Node node(NodeId id) {
    return nodes.stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow();
  }

  List<Ack> acks() {
    return List.copyOf(acks);
  }

  /** Whether the present master was told of a write of its own within the last {@code length} milliseconds. */
  boolean masterWrote(long length) {
    return acks.stream()
        .anyMatch(ack ->
            ack.master && ack.epoch.equals(mastership().epoch()) && ack.millis > millis - length);
  }

  /** Writes that had begun and whose answers nobody stood behind. */
  int failed() {
    return failed;
  }

  /** The epochs behind the first one whose master did not need to wait, or did. */
  List<Epoch> changes(boolean orderly) {
    return (orderly ? inOrder : byForce)
        .stream().filter(epoch -> epoch.value() > 1).sorted().toList();
  }

  private final class Node extends SilentLog {
    private final NodeId id;
    private final Grants grants = new Grants(this::nanoTime);
    private final Lease lease = new Lease(this::nanoTime);
    private final Attending attending = new Attending(TIMING, this::nanoTime, () -> {});
    private final Steward steward =
        new Steward(ClusterCommand.Beat::new, TIMING, this::nanoTime, grants::lastRenewal);
    private final Mastery mastery;
    private final Presence presence;
    private final boolean leads;
    private ClusterState state = ClusterState.EMPTY;
    private int applied;
    private long nextApply;
    private long hangsUntil;
    private final List<Runnable> missed = new ArrayList<>();

    Node(int number) {
      id = id(number);
      leads = number == 0;
      mastery =
          new Mastery(lease, TIMING, this::nanoTime, () -> GtidPosition.START, grants::lastBefore);
      presence = new Presence(entry(number), this::nanoTime);
      presence.ready();
    }

    private long nanoTime() {
      return millis * 1_000_000;
    }

    void begin(ClusterState from) {
      state = from;
      applied = log.size();
    }

    /** One millisecond. */
    void live() {
      if (millis < hangsUntil) {
        return;
      }
      List<Runnable> now = new ArrayList<>(missed);
      missed.clear();
      now.forEach(Runnable::run);
      while (applied < log.size() && millis >= nextApply) {
        Command command = log.get(applied++);
        if (command instanceof MasterCommand.Renew renewal
            && renewal.epoch().equals(state.mastership().epoch())) {
          grants.renewal();
        }
        if (!command.grants().equals(Epoch.NONE)) {
          grants.came(command.grants());
        }
        state = command.apply(state.counted()).state();
        nextApply = random.nextInt(3) == 0 ? millis + random.nextInt(DELAY_MILLIS_MAX) : millis;
      }
      if (random.nextInt(25) == 0) {
        tick();
      }
      if (random.nextInt(40) == 0 && (attended || state.mastership().heldBy(id))) {
        write(1 + random.nextInt(WRITE_MILLIS_MAX));
      }
    }

    private void tick() {
      Map<NodeId, UUID> reachable =
          nodes.stream().collect(Collectors.toMap(node -> node.id, node -> RUN));
      Consensus.Progress progress = new Consensus.Progress(
          leads ? "Leader" : "Follower",
          1,
          log.size(),
          log.size(),
          Optional.of(id(0)),
          Set.copyOf(all()));
      Situation now = new Situation(id, state, progress, reachable);
      presence.tick(now, this);
      steward.tick(now, this);
      mastery.tick(now, this, RUN);
      attending.tick(now, this, grants::lastBefore, RUN);
    }

    /** As the edge does it: one that may not begin waits, which is not of interest here. */
    void write(long length) {
      Mastership now = state.mastership();
      long began = millis;
      if (now.heldBy(id)) {
        Epoch epoch = lease.begin();
        if (!epoch.equals(Epoch.NONE)) {
          after(length, () -> here(() -> answered(began, lease.stands(epoch), epoch)));
          after(length, () -> here(lease::end));
        }
      } else if (attending.begin(now.epoch())) {
        after(length, () -> here(() -> attended(began, now.epoch())));
      }
    }

    private void attended(long began, Epoch begun) {
      Epoch now = state.mastership().epoch();
      boolean current = attending.confirms(now) || lease.stands(now);
      boolean stands = current || attending.confirms(begun);
      if (!stands && attending.awaits(now)) {
        after(RECHECK_MILLIS, () -> here(() -> attended(began, begun)));
      } else {
        answered(began, stands, current ? now : begun);
        attending.end();
      }
    }

    private void answered(long began, boolean stands, Epoch epoch) {
      if (stands) {
        boolean master =
            state.mastership().heldBy(id) && epoch.equals(state.mastership().epoch());
        acks.add(new Ack(epoch, millis, master, Math.max(0, millis - began)));
      } else {
        failed++;
      }
    }

    /** On this node, when it does not hang. */
    private void here(Runnable what) {
      if (millis < hangsUntil) {
        missed.add(what);
      } else {
        what.run();
      }
    }

    @Override
    public CompletionStage<String> submit(byte[] bytes) {
      Command command;
      try {
        command = Command.decode(bytes);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      CompletableFuture<String> answer = new CompletableFuture<>();
      int chance = faults ? random.nextInt(50) : 50;
      if (chance == 0) {
        TimeoutException lost = new TimeoutException("lost");
        after(WRITE_MILLIS_MAX, () -> here(() -> answer.completeExceptionally(lost)));
      } else {
        int delay = chance < LATE ? 3 * WRITE_MILLIS_MAX : DELAY_MILLIS_MAX;
        after(random.nextInt(delay), () -> {
          String refusal = say(command);
          after(random.nextInt(DELAY_MILLIS_MAX), () -> here(() -> answer.complete(refusal)));
        });
      }
      if (chance == 1) {
        after(random.nextInt(3 * WRITE_MILLIS_MAX), () -> say(command));
      }
      return answer;
    }
  }
}
