package appliance.cluster.mastery;

import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.Cluster;
import appliance.cluster.Lab;
import appliance.cluster.raft.Consensus;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Mastership;
import appliance.model.Epoch;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import appliance.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A majority confirms that a node keeps up with it; what its writes need while it is not master. */
final class AttendingTest {

  private static final long MILLI = 1_000_000;

  @RegisterExtension
  final Lab lab = new Lab("test");

  private long now;
  private final Answers log = new Answers();
  private final Attending attending = new Attending(Timing.SAFE, () -> now, () -> {});

  @Test
  void a_confirmation_counts_from_when_it_was_asked_for() {
    Epoch five = new Epoch(5);
    assertFalse(attending.confirms(five));
    attending.tick(situation(5), log);
    now += 700 * MILLI; // the answer took that long, or this process was paused
    log.answer(0, "");
    assertTrue(attending.confirms(five));
    now += 50 * MILLI;
    assertFalse(attending.confirms(five), "one lease length after the question");
  }

  @Test
  void an_answer_about_another_epoch_or_a_refusal_confirms_nothing() {
    assertFalse(attending.confirms(new Epoch(5)));
    attending.tick(situation(5), log);
    log.answer(0, "epoch 5 is not the present one");
    assertFalse(attending.confirms(new Epoch(5)));
    attending.tick(situation(6), log);
    log.answer(1, "");
    assertFalse(attending.confirms(new Epoch(5)));
    assertTrue(attending.confirms(new Epoch(6)));
    assertFalse(attending.confirms(Epoch.NONE));
  }

  @Test
  void a_late_answer_of_an_earlier_epoch_takes_no_newer_one_away() {
    assertFalse(attending.confirms(new Epoch(5)));
    attending.tick(situation(5), log);
    attending.tick(situation(6), log);
    log.answer(1, "");
    log.answer(0, "");
    assertTrue(attending.confirms(new Epoch(6)));
  }

  @Test
  void nothing_is_asked_while_nobody_writes() {
    attending.tick(situation(5), log);
    assertEquals(0, log.asked.size());
    assertFalse(attending.confirms(new Epoch(5)));
    for (int i = 0; i < 400; i++) {
      attending.tick(situation(5), log);
      now += 25 * MILLI;
    }
    int asked = log.asked.size();
    assertTrue(asked <= 8, "as many wait for an answer: " + asked);
    now += 60_000 * MILLI;
    log.answerAll();
    attending.tick(situation(5), log);
    assertEquals(asked, log.asked.size(), "a minute after the last write");
  }

  @Test
  void a_node_in_touch_is_confirmed_in_each_epoch_and_one_cut_off_is_not() {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    Await.until("in epoch 1", () -> c.attendance().confirms(c.views().get().epoch()));
    Epoch first = c.views().get().epoch();
    done(a.operations().handover(Optional.of("b")));
    Await.until(
        "in the next",
        () -> c.views().get().epoch().compareTo(first) > 0
            && c.attendance().confirms(c.views().get().epoch()));
    Epoch second = c.views().get().epoch();
    List.of(a, b).forEach(Cluster::close);
    Await.until(
        "alone",
        () -> !c.attendance().confirms(second)
            && !c.attendance().confirms(c.views().get().epoch()));
  }

  private static Situation situation(long epoch) {
    NodeId self = new NodeId(new UUID(1, 1));
    Mastership mastership = new Mastership(
        new Epoch(epoch),
        Optional.of(new NodeId(new UUID(2, 2))),
        Mastership.Phase.ACTIVE,
        true,
        Optional.empty(),
        GtidPosition.START);
    return new Situation(
        self, ClusterState.EMPTY.with(mastership), Consensus.Progress.NONE, Map.of());
  }

  /** A log that answers when it is told to. */
  private static final class Answers extends SilentLog {
    private final ArrayList<CompletableFuture<String>> asked = new ArrayList<>();

    @Override
    public CompletionStage<String> submit(byte[] command) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      asked.add(answer);
      return answer;
    }

    void answer(int question, String refusal) {
      asked.get(question).complete(refusal);
    }

    void answerAll() {
      asked.forEach(answer -> answer.complete(""));
    }
  }
}
