package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertThrows;

import appliance.cluster.join.Waits;
import appliance.config.ClusterConfig;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Published;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.Folders;
import appliance.testing.Ports;
import appliance.testing.TestSecret;
import appliance.trust.JoinSecret;
import appliance.trust.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Nodes of one cluster on this machine, each with a data folder and ten ports that it keeps; a node may
 * run in this JVM or in one of its own. Registered as an extension, it is made anew for each test, and
 * closed after it.
 */
public final class Lab implements AfterEachCallback, AutoCloseable {

  private final String name;
  private final Path folder;
  private final Map<String, Seat> seats = new TreeMap<>();
  private final Map<String, Trust> trusts = new TreeMap<>();
  private final Deque<Runnable> opened = new ArrayDeque<>();

  /** Where a node lives, whether it runs or not. */
  public record Seat(String name, NodeId id, Path data, int port) {
    public HostPort address() {
      return new HostPort("127.0.0.1", port);
    }
  }

  /** {@code name} is the cluster's. */
  public Lab(String name) {
    this.name = name;
    try {
      folder = Files.createTempDirectory("lab");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A path that is removed with the lab. */
  Path folder(String below) {
    return folder.resolve(below);
  }

  public Seat seat(String node) {
    return seats.computeIfAbsent(
        node, n -> new Seat(n, NodeId.random(), folder(n), Ports.block(10)));
  }

  void seat(Seat seat) {
    seats.put(seat.name(), seat);
  }

  /** Gives each of them a place, so that whoever is started knows where to look for the others. */
  void seats(String... nodes) {
    List.of(nodes).forEach(this::seat);
  }

  /** What {@code --new-identity} leaves of a node: its ports and its name. */
  Seat renewed(String node) {
    Seat fresh =
        new Seat(node, NodeId.random(), folder(node + "-renewed"), seat(node).port());
    seat(fresh);
    return fresh;
  }

  /** As {@code --peers} would name that node. */
  List<HostPort> at(String node) {
    return List.of(seat(node).address());
  }

  /** Every seat that has been taken so far, but for this node's own. */
  List<HostPort> others(String node) {
    Seat own = seat(node);
    return seats.values().stream()
        .filter(seat -> !seat.equals(own))
        .map(Seat::address)
        .toList();
  }

  /** A node that knows every seat that has been taken so far; not started. */
  Cluster node(String node) {
    return node(node, others(node));
  }

  Cluster node(String node, List<HostPort> peers) {
    return node(node, peers, Optional.of(TestSecret.SECRET));
  }

  Cluster node(String node, List<HostPort> peers, Optional<JoinSecret> secret) {
    return node(config(node, peers), secret);
  }

  /** As {@link #node(String)}, with settings of its own. */
  Cluster node(String node, UnaryOperator<ClusterConfig> settings) {
    return node(settings.apply(config(node, others(node))), Optional.of(TestSecret.SECRET));
  }

  private Cluster node(ClusterConfig config, Optional<JoinSecret> secret) {
    Seat seat = seat(config.node());
    Cluster cluster = new Cluster(config, seat.id(), endpoints(seat), trust(seat, secret));
    opened.push(cluster::close);
    return cluster;
  }

  private ClusterConfig config(String node, List<HostPort> peers) {
    Seat seat = seat(node);
    return new ClusterConfig(name, node, seat.data(), "127.0.0.1", seat.port(), peers);
  }

  private static Endpoints endpoints(Seat seat) {
    HostPort address = seat.address();
    return new Endpoints(
        address,
        address.withPort(seat.port() + ClusterConfig.PEER_PORT_OFFSET),
        address.withPort(seat.port() + ClusterConfig.RELAY_PORT_OFFSET),
        new HostPort("127.0.0.1", 8080),
        Optional.empty());
  }

  /** {@code --expect}. */
  static UnaryOperator<ClusterConfig> expecting(int nodes) {
    return config -> with(config, nodes, false);
  }

  /** {@code --witness}. */
  static ClusterConfig witness(ClusterConfig config) {
    return with(config, 1, true);
  }

  private static ClusterConfig with(ClusterConfig config, int expect, boolean witness) {
    return new ClusterConfig(
        config.cluster(),
        config.node(),
        config.data(),
        config.bind(),
        config.port(),
        config.peers(),
        config.failover(),
        expect,
        witness);
  }

  public Trust trust(Seat seat, Optional<JoinSecret> secret) {
    try {
      Files.createDirectories(seat.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Trust trust = Trust.open(seat.data(), secret, Clock.systemUTC());
    trusts.put(seat.name(), trust);
    opened.push(trust::close);
    return trust;
  }

  /** That of the last start of this node. */
  Trust trust(String node) {
    return Optional.ofNullable(trusts.get(node)).orElseThrow();
  }

  /** For a part of a node that has no view of its own. */
  public Waits waits(Seat seat) {
    return new Waits(new Published<>(ClusterView.empty(name, seat.id())), name, seat.id());
  }

  /** Starts a node that knows every seat that has been taken so far. */
  public Cluster start(String node) {
    return up(node(node));
  }

  /** Starts a node that knows of nobody, and waits until it is master of what it has founded. */
  Cluster startAlone(String node) {
    Cluster alone = up(node(node, List.of()));
    awaitAgreement(1, alone);
    return alone;
  }

  /** Starts it, and has it say that it is ready as often as it is joining, as a node's duty does. */
  static Cluster up(Cluster node) {
    node.start();
    node.views()
        .subscribe(view -> view.own()
            .filter(own -> own.state() == MemberState.JOINING)
            .ifPresent(own -> node.ready()));
    return node;
  }

  /** Why a node does not start that is expected not to. */
  String refusedStart(String node) {
    return refusedStart(node(node)).toString();
  }

  static StartFailure refusedStart(Cluster node) {
    return assertThrows(StartFailure.class, node::start);
  }

  /** Starts a node in a JVM of its own, with more options for that. */
  public SeparateNode process(String node, String... options) {
    Seat seat = seat(node);
    SeparateNode process = new SeparateNode(name, seat, others(node));
    opened.push(process::close);
    return process.start(options);
  }

  public static void done(CompletionStage<Void> operation) {
    operation.toCompletableFuture().join();
  }

  /** Why an operation is refused that is expected to be. */
  static String refusal(CompletionStage<Void> operation) {
    CompletionException e = assertThrows(CompletionException.class, () -> done(operation));
    return String.valueOf(e.getMessage());
  }

  /** Drains a node, and has it say that it has finished. */
  static void drain(Cluster asked, String name, Cluster node) {
    done(asked.operations().drain(name));
    Await.until(name + " drains", () -> state(node, name) == MemberState.DRAINING);
    node.drained();
    Await.until(name + " is drained", () -> state(asked, name) == MemberState.DRAINED);
  }

  static String master(Cluster cluster) {
    return cluster.views().get().masterMember().map(m -> m.name()).orElse("");
  }

  /** Waits for a node's word: one whose lease has just run out says that nobody is master. */
  static void awaitMaster(String name, Cluster seenBy) {
    Await.until(
        name + " is master",
        Await.DEADLINE,
        () -> master(seenBy),
        () -> master(seenBy).equals(name));
  }

  static MemberState state(Cluster seenBy, String node) {
    return seenBy.views().get().named(node).map(m -> m.state()).orElse(MemberState.DOWN);
  }

  /** A field of the node's status. */
  static String told(Cluster cluster, String field) {
    return String.valueOf(cluster.source().read().json().get(field));
  }

  private static boolean active(ClusterView view, int members) {
    return view.quorum()
        && view.master().isPresent()
        && view.members().stream().filter(m -> m.state() == MemberState.ACTIVE).count() == members;
  }

  /** Waits until all of {@code nodes} see as many active members and the same master. */
  static void awaitAgreement(int members, Cluster... nodes) {
    Await.until(
        members + " active members with one master",
        () -> List.of(nodes).stream()
            .allMatch(node ->
                active(node.views().get(), members) && master(node).equals(master(nodes[0]))));
  }

  static void awaitVoters(int voters, Cluster... nodes) {
    Await.until(
        voters + " voters",
        () -> List.of(nodes).stream().allMatch(node -> told(node, "voters").equals("" + voters)));
  }

  /** Waits until these, and only these, are active members of one cluster, each with a vote. */
  public static void awaitWhole(Cluster... nodes) {
    awaitAgreement(nodes.length, nodes);
    awaitVoters(nodes.length, nodes);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
    Folders.delete(folder);
  }
}
