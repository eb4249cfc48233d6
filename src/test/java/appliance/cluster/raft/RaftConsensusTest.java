package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The replicated log by itself: nodes that count what is agreed on. */
final class RaftConsensusTest {

  /** So long that some tens of commands are more than the log may hold. */
  private static final int COMMAND_BYTES = 32 * 1024;

  private static final long LOG_BYTES_MAX = 1_000_000;

  @TempDir
  Path folder;

  private final Map<String, Seat> seats = new TreeMap<>();
  private final List<RaftConsensus> opened = new ArrayList<>();

  private record Seat(NodeId id, ClusterConfig config, Trust trust, Counter counter) {}

  /** A state that shows whether each command was applied once, in order. */
  private static final class Counter implements Consensus.Machine {

    private final Set<Long> told = ConcurrentHashMap.newKeySet();
    private volatile long count;
    private volatile boolean surprised;

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
    for (String name : List.of("a", "b")) {
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
        Set.of(seat("a").trust().fingerprint(), seat("b").trust().fingerprint());
    seats.values().forEach(seat -> seat.trust().trusted().publish(Trusted.NOBODY.and(keys)));
  }

  @AfterEach
  void close() {
    opened.forEach(RaftConsensus::close);
    seats.values().forEach(seat -> seat.trust().close());
  }

  private Seat seat(String name) {
    return Optional.ofNullable(seats.get(name)).orElseThrow();
  }

  /** Starts a node anew: with the log that it had, and a state that comes from there. */
  private RaftConsensus start(String name, List<String> voters) throws Exception {
    seats.computeIfPresent(
        name, (n, seat) -> new Seat(seat.id(), seat.config(), seat.trust(), new Counter()));
    RaftConsensus node = node(seat(name), voters);
    node.start();
    return node;
  }

  private RaftConsensus node(Seat seat, List<String> voters) throws IOException {
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

  private static void write(RaftConsensus leader, long from, long to) throws Exception {
    write(leader, from, to, COMMAND_BYTES);
  }

  private static void write(RaftConsensus leader, long from, long to, int bytes) throws Exception {
    Await.until("it leads", () -> leader.progress().leads());
    for (long number = from; number <= to; number++) {
      byte[] command = ByteBuffer.allocate(bytes).putLong(number).array();
      assertEquals("", leader.submit(command).toCompletableFuture().get(90, TimeUnit.SECONDS));
    }
  }

  private void awaitCount(String name, long count) {
    Counter counter = seat(name).counter();
    Await.until(
        name + " has all " + count,
        Await.DEADLINE,
        () -> counter.count,
        () -> counter.count == count);
  }

  private long logBytes(String name) throws IOException {
    try (Stream<Path> files = Files.list(seat(name).config().data().resolve("cluster/raft"))) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  @Test
  void the_log_stays_bounded_and_who_is_far_behind_gets_the_snapshot() throws Exception {
    RaftConsensus a = start("a", List.of("a"));
    write(a, 1, 100);
    assertTrue(logBytes("a") < LOG_BYTES_MAX + 2 * COMMAND_BYTES, "bytes: " + logBytes("a"));

    RaftConsensus b = start("b", List.of());
    awaitCount("b", 100);
    a.addVoter(seat("b").id()).toCompletableFuture().get(90, TimeUnit.SECONDS);
    write(a, 101, 110);
    awaitCount("b", 110);
    assertTrue(logBytes("b") < LOG_BYTES_MAX, "bytes: " + logBytes("b"));

    b.close();
    b = start("b", List.of("a", "b"));
    awaitCount("b", 110); // from the snapshot of the other, and what has come since
    write(a, 111, 200);
    awaitCount("b", 200);
    a.close();
    b.close();
    a = start("a", List.of("a", "b"));
    b = start("b", List.of("a", "b"));
    awaitCount("a", 200);
    awaitCount("b", 200);
    RaftConsensus leader = leader(a, b);
    write(leader, 201, 202);
    awaitCount("a", 202);
    awaitCount("b", 202);
  }

  @Test
  void who_lacks_few_entries_gets_them_and_who_lacks_many_gets_the_state() throws Exception {
    RaftConsensus a = start("a", List.of("a"));
    write(a, 1, 8, Long.BYTES);
    RaftConsensus b = start("b", List.of());
    awaitCount("b", 8);
    assertTrue(seat("b").counter().told.contains(8L), "the entry, when it came");
    b.close();

    write(a, 9, 60, Long.BYTES);
    start("b", List.of());
    awaitCount("b", 60);
    assertFalse(seat("b").counter().told.contains(40L), "" + seat("b").counter().told);
    write(a, 61, 62, Long.BYTES);
    awaitCount("b", 62);
    assertTrue(seat("b").counter().told.contains(62L), "" + seat("b").counter().told);
  }

  @Test
  void a_command_is_told_of_when_it_comes_into_a_nodes_log_before_it_is_agreed_on()
      throws Exception {
    RaftConsensus a = start("a", List.of("a"));
    start("b", List.of());
    write(a, 1, 5);
    awaitCount("b", 5);
    a.addVoter(seat("b").id()).toCompletableFuture().get(30, TimeUnit.SECONDS);
    write(a, 6, 10);
    awaitCount("b", 10);
    assertFalse(seat("a").counter().surprised);
    assertFalse(seat("b").counter().surprised);
  }

  private static RaftConsensus leader(RaftConsensus a, RaftConsensus b) {
    Await.until("a leader", () -> a.progress().leads() || b.progress().leads());
    return a.progress().leads() ? a : b;
  }

  @Test
  void a_second_run_of_a_member_is_told_so_and_leaves_nothing_behind_and_gets_in_later()
      throws Exception {
    RaftConsensus a = start("a", List.of("a"));
    Await.until("it leads", () -> a.progress().leads());
    RaftConsensus b = start("b", List.of());
    Await.until("both", () -> a.reachable().size() == 2);

    Path elsewhere = Files.createDirectories(folder.resolve("again"));
    Seat again = new Seat(
        seat("b").id(),
        new ClusterConfig("test", "b", elsewhere, "127.0.0.1", Ports.block(10), List.of()),
        seat("b").trust(),
        new Counter());
    RaftConsensus second = node(again, List.of());
    Consensus.ConnectFailure failure = assertThrows(Consensus.ConnectFailure.class, second::start);
    assertTrue(failure.duplicate(), failure.toString());
    try (ServerSocket free = new ServerSocket()) {
      free.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), again.config().port()));
    }
    assertEquals(2, a.reachable().size(), "the first one is not disturbed");

    b.close();
    Await.until("it is missed", () -> a.reachable().size() == 1);
    RaftConsensus third = node(again, List.of());
    third.start();
    Await.until("both again", () -> a.reachable().size() == 2);
  }
}
