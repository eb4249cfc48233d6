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
import appliance.cluster.state.Attendants;
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
import appliance.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A majority confirms that a node keeps up with it; what its writes need while it is not master. */
final class AttendingTest {

  private static final long MILLI = 1_000_000;
  private static final NodeId SELF = new NodeId(new UUID(1, 1));
  private static final NodeId MASTER = new NodeId(new UUID(2, 2));
  private static final long CONFIRMED_AT = 77;
  private static final UUID RUN = new UUID(9, 1);

  @RegisterExtension
  final Lab lab = new Lab("test");

  private long now;
  private long lastGrant;
  private final Answers log = new Answers();
  private final Attending attending = new Attending(Timing.SAFE, () -> now, () -> {});

  @Test
  void a_confirmation_counts_from_when_it_was_asked_for() {
    Epoch five = new Epoch(5);
    assertFalse(attending.confirms(five));
    tick(situation(5));
    now += 700 * MILLI; // the answer took that long, or this process was paused
    log.answer(0, "");
    assertTrue(attending.confirms(five));
    now += 50 * MILLI;
    assertFalse(attending.confirms(five), "one lease length after the question");
  }

  @Test
  void an_answer_about_another_epoch_or_a_refusal_confirms_nothing() {
    assertFalse(attending.confirms(new Epoch(5)));
    tick(situation(5));
    log.answer(0, "epoch 5 is not the present one");
    assertFalse(attending.confirms(new Epoch(5)));
    tick(situation(6));
    log.answer(1, "");
    assertFalse(attending.confirms(new Epoch(5)));
    assertTrue(attending.confirms(new Epoch(6)));
    assertFalse(attending.confirms(Epoch.NONE));
  }

  @Test
  void a_late_answer_of_an_earlier_epoch_takes_no_newer_one_away() {
    assertFalse(attending.confirms(new Epoch(5)));
    tick(situation(5));
    tick(situation(6));
    log.answer(1, "");
    log.answer(0, "");
    assertTrue(attending.confirms(new Epoch(6)));
  }

  @Test
  void after_a_change_by_force_nothing_is_confirmed_before_all_that_was_given_earlier_is_over() {
    Epoch six = new Epoch(6);
    long grace = Timing.SAFE.grace().toNanos();
    lastGrant = now;
    now += 300 * MILLI;
    assertFalse(attending.begin(six));
    tick(forced(6));
    log.answer(0, "");
    assertFalse(attending.begin(six));
    assertFalse(attending.confirms(six));
    assertTrue(attending.awaits(six), "so that an answer waits, too");
    now = lastGrant + grace - 1;
    tick(forced(6));
    log.answer(1, "");
    assertFalse(attending.begin(six));
    now += 1;
    assertTrue(attending.begin(six));
    assertFalse(attending.awaits(six));
    attending.end();

    assertFalse(attending.begin(six.next()));
    tick(situation(7)); // in order
    log.answer(2, "");
    assertTrue(attending.begin(six.next()));
  }

  @Test
  void an_epoch_of_another_cluster_with_the_same_number_waits_by_its_own_log() {
    Epoch six = new Epoch(6);
    assertFalse(attending.begin(six));
    tick(situation(6));
    log.answer(0, "");
    assertTrue(attending.begin(six));
    attending.drop();
    lastGrant = now;
    UUID next = new UUID(9, 2);
    Situation there = forced(6);
    ClusterState state = there.state().with(entry(SELF, next));
    attending.tick(
        new Situation(SELF, state, Consensus.Progress.NONE, Map.of()), log, e -> lastGrant, next);
    now += 300 * MILLI;
    attending.tick(
        new Situation(SELF, state, Consensus.Progress.NONE, Map.of()), log, e -> lastGrant, next);
    log.answerAll();
    assertTrue(attending.awaits(six));
    assertFalse(attending.begin(six));
  }

  @Test
  void nothing_is_asked_while_nobody_writes() {
    tick(situation(5));
    assertEquals(0, log.asked.size());
    assertFalse(attending.confirms(new Epoch(5)));
    for (int i = 0; i < 400; i++) {
      tick(situation(5));
      now += 25 * MILLI;
    }
    int asked = log.asked.size();
    assertTrue(asked <= 8, "as many wait for an answer: " + asked);
    now += 60_000 * MILLI;
    log.answerAll();
    tick(situation(5));
    assertEquals(asked, log.asked.size(), "a minute after the last write");
  }

  @Test
  void where_the_epoch_ends_no_write_begins_and_it_quits_when_those_that_have_are_over()
      throws Exception {
    Epoch five = new Epoch(5);
    assertFalse(attending.begin(five));
    tick(situation(5));
    log.answer(0, "");
    assertTrue(attending.begin(five));
    tick(ending(5));
    assertFalse(attending.begin(five), "the epoch ends");
    assertTrue(attending.confirms(five), "for what has begun");
    now += 300 * MILLI;
    tick(ending(5));
    assertEquals(new MasterCommand.Attend(five, SELF), log.said(1));
    attending.end();
    tick(ending(5));
    assertEquals(new MasterCommand.Quit(five, SELF, CONFIRMED_AT), log.said(2));
    assertFalse(attending.confirms(five));
    log.answer(1, "");
    assertFalse(attending.confirms(five), "that was asked before it quit");
    tick(ending(5));
    assertEquals(3, log.asked.size(), "until that is answered");
    log.answer(2, "");
    tick(ending(5));
    assertEquals(log.said(2), log.said(3), "until it has come");

    tick(situation(6));
    log.answer(4, "");
    assertTrue(attending.begin(new Epoch(6)));
  }

  @Test
  void a_run_that_the_cluster_does_not_know_speaks_for_no_other() {
    assertFalse(attending.begin(new Epoch(5)));
    attending.tick(situation(5), log, epoch -> lastGrant, new UUID(9, 2));
    attending.tick(ending(5), log, epoch -> lastGrant, new UUID(9, 2));
    assertEquals(0, log.asked.size());
  }

  @Test
  void who_has_not_been_confirmed_again_for_long_enough_is_struck_out() {
    Absentees absentees = new Absentees();
    Duration grace = Timing.SAFE.grace();
    Mastership five = ending(5).state().mastership();
    assertEquals(Optional.empty(), absentees.next(five, 0, grace));
    assertEquals(Optional.empty(), absentees.next(five, grace.toNanos(), grace));
    assertEquals(
        Optional.of(new MasterCommand.Quit(new Epoch(5), SELF, CONFIRMED_AT)),
        absentees.next(five, grace.toNanos() + 1, grace));
    Mastership six = ending(6).state().mastership();
    assertEquals(Optional.empty(), absentees.next(six, grace.toNanos() + 1, grace));
    assertEquals(
        Optional.empty(), absentees.next(situation(6).state().mastership(), Long.MAX_VALUE, grace));
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

  private void tick(Situation situation) {
    attending.tick(situation, log, epoch -> lastGrant, RUN);
  }

  private static Situation situation(long epoch) {
    return situation(epoch, Mastership.Phase.ACTIVE, true, Attendants.NONE);
  }

  /** With a master that another one has not let go for. */
  private static Situation forced(long epoch) {
    return situation(epoch, Mastership.Phase.ACTIVE, false, Attendants.NONE);
  }

  /** With a master that is to let go, and this node among those that were confirmed before. */
  private static Situation ending(long epoch) {
    Attendants self = new Attendants(new TreeMap<>(Map.of(SELF, CONFIRMED_AT)));
    return situation(epoch, Mastership.Phase.DRAINING, true, self);
  }

  private static Situation situation(
      long epoch, Mastership.Phase phase, boolean handedOver, Attendants attendants) {
    Mastership mastership = new Mastership(
        new Epoch(epoch),
        Optional.of(MASTER),
        phase,
        handedOver,
        Optional.empty(),
        GtidPosition.START,
        attendants);
    ClusterState state =
        ClusterState.EMPTY.with(entry(SELF)).with(entry(MASTER)).with(mastership);
    return new Situation(SELF, state, Consensus.Progress.NONE, Map.of());
  }

  private static Entry entry(NodeId id) {
    return entry(id, RUN);
  }

  private static Entry entry(NodeId id, UUID run) {
    HostPort none = new HostPort("127.0.0.1", 0);
    return new Entry(
        id,
        "n" + id.value().getLeastSignificantBits(),
        new Endpoints(none, none, none, none, Optional.empty()),
        1,
        run,
        0,
        100,
        Standing.ACTIVE,
        new Fingerprint((id.equals(SELF) ? "a" : "b").repeat(64)));
  }

  /** A log that answers when it is told to. */
  private static final class Answers extends SilentLog {
    private final ArrayList<CompletableFuture<String>> asked = new ArrayList<>();
    private final ArrayList<byte[]> said = new ArrayList<>();

    @Override
    public CompletionStage<String> submit(byte[] command) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      asked.add(answer);
      said.add(command);
      return answer;
    }

    Command said(int question) throws IOException {
      return Command.decode(said.get(question));
    }

    void answer(int question, String refusal) {
      asked.get(question).complete(refusal);
    }

    void answerAll() {
      asked.forEach(answer -> answer.complete(""));
    }
  }
}
