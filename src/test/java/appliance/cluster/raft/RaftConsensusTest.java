package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.ClusterConfig;
import appliance.testing.Await;
import appliance.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What two nodes agree on, and what each has of it. */
final class RaftConsensusTest extends CountingNodes {

  private static final long LOG_BYTES_MAX = 1_000_000;

  RaftConsensusTest() {
    super("a", "b");
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
