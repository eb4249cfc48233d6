package appliance.cluster;

import static org.junit.jupiter.api.Assertions.fail;

import appliance.config.ClusterConfig;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.testing.TestSecret;
import appliance.trust.JoinSecret;
import appliance.trust.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Nodes of one cluster on this machine, each with a data folder and ten ports that it keeps. */
final class Lab implements AutoCloseable {

  static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Path folder;
  private final String name;
  private final Map<String, Seat> seats = new TreeMap<>();
  private final List<Cluster> open = new ArrayList<>();
  private final Map<String, Trust> trusts = new TreeMap<>();

  record Seat(String name, NodeId id, Path data, int port) {
    HostPort address() {
      return new HostPort("127.0.0.1", port);
    }
  }

  Lab(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  Seat seat(String node) {
    return seats.computeIfAbsent(
        node, n -> new Seat(n, NodeId.random(), folder.resolve(n), freePorts()));
  }

  void seat(Seat seat) {
    seats.put(seat.name(), seat);
  }

  ClusterConfig config(String node, List<HostPort> peers) {
    Seat seat = seat(node);
    return new ClusterConfig(name, node, seat.data(), "127.0.0.1", seat.port(), peers);
  }

  /** A node that knows every seat that has been taken so far. */
  Cluster node(String node) {
    return node(node, others(seat(node)));
  }

  private List<HostPort> others(Seat own) {
    return seats.values().stream()
        .filter(seat -> !seat.equals(own))
        .map(Seat::address)
        .toList();
  }

  Cluster node(String node, List<HostPort> peers) {
    return node(node, peers, Optional.of(TestSecret.SECRET));
  }

  Cluster node(String node, List<HostPort> peers, Optional<JoinSecret> secret) {
    Seat seat = seat(node);
    Cluster cluster =
        new Cluster(config(node, peers), seat.id(), endpoints(seat), trust(seat, secret));
    open.add(cluster);
    return cluster;
  }

  /** As {@link #node(String)}, with settings of its own. */
  Cluster node(String node, UnaryOperator<ClusterConfig> settings) {
    Seat own = seat(node);
    ClusterConfig config = settings.apply(config(node, others(own)));
    Trust trust = trust(own, Optional.of(TestSecret.SECRET));
    Cluster cluster = new Cluster(config, own.id(), endpoints(own), trust);
    open.add(cluster);
    return cluster;
  }

  static ClusterConfig expecting(ClusterConfig config, int nodes) {
    return new ClusterConfig(
        config.cluster(),
        config.node(),
        config.data(),
        config.bind(),
        config.port(),
        config.peers(),
        config.failover(),
        nodes,
        false);
  }

  static ClusterConfig witness(ClusterConfig config) {
    return new ClusterConfig(
        config.cluster(),
        config.node(),
        config.data(),
        config.bind(),
        config.port(),
        config.peers(),
        config.failover(),
        1,
        true);
  }

  /** What {@code --new-identity} leaves of a node: its ports and its name. */
  Seat renewed(String node) {
    Seat old = seat(node);
    Seat fresh = new Seat(node, NodeId.random(), folder.resolve(node + "-renewed"), old.port());
    seats.put(node, fresh);
    return fresh;
  }

  Trust trust(Seat seat, Optional<JoinSecret> secret) {
    try {
      Files.createDirectories(seat.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Trust trust = Trust.open(seat.data(), secret, Clock.systemUTC());
    trusts.put(seat.name(), trust);
    return trust;
  }

  /** That of the last start of this node. */
  Trust trust(String node) {
    return Optional.ofNullable(trusts.get(node)).orElseThrow();
  }

  Cluster start(String node) {
    Cluster cluster = node(node);
    cluster.start();
    cluster.ready();
    return cluster;
  }

  static Endpoints endpoints(Seat seat) {
    HostPort address = seat.address();
    return new Endpoints(
        address,
        address.withPort(seat.port() + 1),
        address.withPort(seat.port() + 2),
        new HostPort("127.0.0.1", 8080),
        Optional.empty());
  }

  /** The first of ten ports that are free now. */
  static int freePorts() {
    for (int attempt = 0; attempt < 100; attempt++) {
      try (ServerSocket first = bound(0)) {
        int port = first.getLocalPort();
        boolean free = port + 9 < 65536;
        for (int offset = 1; free && offset < 10; offset++) {
          free = isFree(port + offset);
        }
        if (free) {
          return port;
        }
      } catch (IOException e) {
        // the next attempt finds another one
      }
    }
    throw new IllegalStateException("no ten free ports");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = bound(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket bound(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        fail("not within " + DEADLINE.toSeconds() + " s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  static String master(Cluster cluster) {
    return cluster.views().get().masterMember().map(m -> m.name()).orElse("");
  }

  static MemberState state(Cluster seenBy, String node) {
    return seenBy.views().get().named(node).map(m -> m.state()).orElse(MemberState.DOWN);
  }

  static boolean active(ClusterView view, int members) {
    return view.quorum()
        && view.master().isPresent()
        && view.members().stream().filter(m -> m.state() == MemberState.ACTIVE).count() == members;
  }

  /** Waits until all of {@code nodes} see as many active members and the same master. */
  static void awaitAgreement(int members, Cluster... nodes) throws InterruptedException {
    await(members + " active members with one master", () -> {
      for (Cluster node : nodes) {
        ClusterView view = node.views().get();
        if (!active(view, members) || !master(node).equals(master(nodes[0]))) {
          return false;
        }
      }
      return true;
    });
  }

  static void awaitVoters(int voters, Cluster... nodes) throws InterruptedException {
    await(voters + " voters", () -> {
      for (Cluster node : nodes) {
        if (!Integer.valueOf(voters).equals(node.source().read().json().get("voters"))) {
          return false;
        }
      }
      return true;
    });
  }

  @Override
  public void close() {
    for (Cluster cluster : open) {
      cluster.close();
    }
    trusts.values().forEach(Trust::close);
  }
}
