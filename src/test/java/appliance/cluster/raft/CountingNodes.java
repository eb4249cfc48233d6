package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.config.ClusterConfig;
import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.testing.Await;
import appliance.testing.Ports;
import appliance.testing.TestSecret;
import appliance.trust.Trust;
import appliance.trust.Trusted;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The replicated log by itself: nodes that count what is agreed on. */
abstract class CountingNodes {

  /** So long that some tens of commands are more than the log may hold. */
  static final int COMMAND_BYTES = 32 * 1024;

  @TempDir
  Path folder;

  private final List<String> names;
  private final Map<String, Seat> seats = new TreeMap<>();
  private final List<RaftConsensus> opened = new ArrayList<>();

  CountingNodes(String... names) {
    this.names = List.of(names);
  }

  record Seat(NodeId id, ClusterConfig config, Trust trust, Counter counter) {}

  /** A state that shows whether each command was applied once, in order. */
  static final class Counter implements Consensus.Machine {

    final Set<Long> told = ConcurrentHashMap.newKeySet();
    volatile long count;
    volatile boolean surprised;

    @Override
    public void appended(byte[] command) {
      told.add(ByteBuffer.wrap(command).getLong());
    }

    @Override
    public String apply(byte[] command) {
      long number = ByteBuffer.wrap(command).getLong();
      surprised |= !told.contains(number);
      if (number != count + 1) {
        return "after " + count + " came " + number;
      }
      count = number;
      return "";
    }

    @Override
    public byte[] snapshot() {
      return ByteBuffer.allocate(Long.BYTES).putLong(count).array();
    }

    @Override
    public boolean isCurrent(byte[] snapshot) {
      return ByteBuffer.wrap(snapshot).getLong() >= count;
    }

    @Override
    public void restore(byte[] snapshot) {
      count = ByteBuffer.wrap(snapshot).getLong();
    }
  }

  /** Nobody looks. */
  private static final class Unwatched implements Consensus.Watcher {
    @Override
    public void changed() {
      // the tests ask
    }

    @Override
    public void received(NodeId from, byte[] message) {
      throw new AssertionError("nothing is sent");
    }

    @Override
    public void failed(String reason) {
      throw new AssertionError(reason);
    }
  }

  @BeforeEach
  void take_seats() throws IOException {
    for (String name : names) {
      Path data = Files.createDirectories(folder.resolve(name));
      seats.put(
          name,
          new Seat(
              NodeId.random(),
              new ClusterConfig("test", name, data, "127.0.0.1", Ports.block(10), List.of()),
              Trust.open(data, Optional.of(TestSecret.SECRET), Clock.systemUTC()),
              new Counter()));
    }
    Set<Fingerprint> keys =
        seats.values().stream().map(seat -> seat.trust().fingerprint()).collect(Collectors.toSet());
    seats.values().forEach(seat -> seat.trust().trusted().publish(Trusted.NOBODY.and(keys)));
  }

  @AfterEach
  void close() {
    opened.forEach(RaftConsensus::close);
    seats.values().forEach(seat -> seat.trust().close());
  }

  Seat seat(String name) {
    return Optional.ofNullable(seats.get(name)).orElseThrow();
  }

  /** Starts a node anew: with the log that it had, and a state that comes from there. */
  RaftConsensus start(String name, List<String> voters) throws Exception {
    seats.computeIfPresent(
        name, (n, seat) -> new Seat(seat.id(), seat.config(), seat.trust(), new Counter()));
    RaftConsensus node = node(seat(name), voters);
    node.start();
    return node;
  }

  RaftConsensus node(Seat seat, List<String> voters) throws IOException {
    List<HostPort> hosts =
        seats.values().stream().map(s -> s.config().address()).toList();
    RaftConsensus node = new RaftConsensus(
        new RaftConsensus.Setup(
            seat.config(),
            seat.id(),
            UUID.randomUUID(),
            Timing.SAFE,
            seat.trust(),
            "group",
            voters.stream().map(voter -> seat(voter).id()).toList(),
            hosts,
            Duration.ofSeconds(3),
            changed -> {}),
        InetAddress.getLoopbackAddress(),
        seat.counter(),
        new Unwatched());
    opened.add(node);
    return node;
  }

  static void write(RaftConsensus leader, long from, long to) throws Exception {
    write(leader, from, to, COMMAND_BYTES);
  }

  static void write(RaftConsensus leader, long from, long to, int bytes) throws Exception {
    Await.until("it leads", () -> leader.progress().leads());
    for (long number = from; number <= to; number++) {
      byte[] command = ByteBuffer.allocate(bytes).putLong(number).array();
      assertEquals("", leader.submit(command).toCompletableFuture().get(90, TimeUnit.SECONDS));
    }
  }

  void awaitCount(String name, long count) {
    Counter counter = seat(name).counter();
    Await.until(
        name + " has all " + count,
        Await.DEADLINE,
        () -> counter.count,
        () -> counter.count == count);
  }
}
