package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.testing.Await;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A voter that was away while another one got its vote, and is the first to be there at a cold start. */
final class ReplacedVoterTest extends CountingNodes {

  ReplacedVoterTest() {
    super("away", "late", "down", "next");
  }

  @Test
  void nothing_that_was_agreed_on_is_lost_when_it_calls_the_election() throws Exception {
    RaftConsensus away = start("away", List.of("away"));
    write(away, 1, 1, Long.BYTES);
    vote(away, "away"); // a founder is not in its own log before
    RaftConsensus late = start("late", List.of());
    RaftConsensus down = start("down", List.of());
    RaftConsensus next = start("next", List.of());
    vote(away, "late");
    vote(away, "down");
    write(away, 2, 2, Long.BYTES);
    awaitCount("late", 2);
    awaitCount("down", 2);
    away.close();

    RaftConsensus leader = leader(late, down);
    vote(leader, "next");
    leader.removeVoter(seat("away").id()).toCompletableFuture().get(90, TimeUnit.SECONDS);
    Await.until(
        "all know who votes",
        () -> Stream.of(late, down, next)
            .allMatch(node -> !node.progress().voters().contains(seat("away").id())));
    late.close();
    write(leader(down, next), 3, 3, Long.BYTES);
    awaitCount("next", 3);
    down.close();
    next.close();

    start("away", List.of("away", "late", "down"));
    RaftConsensus nextAgain = start("next", List.of("late", "down", "next"));
    RaftConsensus lateAgain = start("late", List.of("late", "down", "next"));
    write(leader(lateAgain, nextAgain), 4, 4, Long.BYTES);
    awaitCount("late", 4);
    assertEquals(4, seat("next").counter().count);
  }

  private void vote(RaftConsensus leader, String name) throws Exception {
    leader.addVoter(seat(name).id()).toCompletableFuture().get(90, TimeUnit.SECONDS);
  }

  private static RaftConsensus leader(RaftConsensus... nodes) {
    Await.until(
        "a leader", () -> Stream.of(nodes).anyMatch(node -> node.progress().leads()));
    return Stream.of(nodes).filter(node -> node.progress().leads()).findFirst().orElseThrow();
  }
}
