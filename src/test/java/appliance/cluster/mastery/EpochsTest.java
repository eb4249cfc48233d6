package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.mastery.SimulatedCluster.Ack;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.MemberCommand;
import appliance.model.Epoch;
import appliance.model.NodeId;
import appliance.testing.Seed;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What all nodes acknowledge, while the mastership goes from one to another, on a clock and a log of the
 * test's own that delay, repeat and lose what they are told; nodes hang at any moment. The same seed makes
 * the same run.
 */
final class EpochsTest {

  private static final int RUNS = 100;
  private static final long SECOND = 1_000;

  @Test
  void nobody_acknowledges_in_an_earlier_epoch_once_anybody_does_in_the_next_whatever_happened() {
    long first = Seed.next();
    int inOrder = 0;
    int others = 0;
    for (long seed = first; seed < first + RUNS; seed++) {
      SimulatedCluster cluster = run(seed, true);
      assertWritesGoOn(cluster, seed);
      inOrder += assertOrderly(cluster, "seed " + seed);
      others += cluster.changes(false).size();
    }
    assertTrue(inOrder > RUNS / 4, "only " + inOrder + " changes in order, seed " + first);
    assertTrue(others > RUNS / 4, "only " + others + " others, seed " + first);
  }

  @Test
  void where_no_node_hangs_and_nothing_is_lost_a_change_fails_no_write() {
    long first = Seed.next();
    for (long seed = first; seed < first + RUNS; seed++) {
      SimulatedCluster cluster = run(seed, false);
      assertWritesGoOn(cluster, seed);
      assertOrderly(cluster, "seed " + seed);
      assertEquals(0, cluster.failed(), "seed " + seed);
    }
  }

  @Test
  void one_that_has_a_long_write_is_not_waited_for_and_its_write_is_acknowledged_later() {
    SimulatedCluster cluster = new SimulatedCluster(3, 4711, false);
    cluster.run(SECOND);
    NodeId attends = cluster.others().get(0);
    cluster.write(attends, 3 * SECOND);
    Epoch first = cluster.mastership().epoch();
    cluster.say(new MasterCommand.HandOver(first, cluster.others().get(1)));
    cluster.run(2 * SECOND);
    assertEquals(first.next(), cluster.mastership().epoch());
    assertEquals(List.of(first.next()), cluster.changes(false));
    assertTrue(cluster.acks().stream().anyMatch(a -> a.epoch().equals(first.next()) && a.master()));
    cluster.run(3 * SECOND);
    assertEquals(0, cluster.failed());
    assertEquals(
        Optional.of(first.next()),
        cluster.acks().stream()
            .filter(ack -> ack.took() == 3 * SECOND)
            .map(Ack::epoch)
            .findFirst());
  }

  @Test
  void one_that_has_hung_for_long_before_is_not_waited_for() {
    SimulatedCluster cluster = new SimulatedCluster(3, 4711, false);
    cluster.run(SECOND);
    NodeId attends = cluster.others().get(0);
    cluster.hang(attends, 10 * SECOND);
    cluster.run(3 * SECOND);
    cluster.say(new MasterCommand.HandOver(
        cluster.mastership().epoch(), cluster.others().get(1)));
    cluster.run(SECOND);
    assertEquals(List.of(cluster.mastership().epoch()), cluster.changes(true));
  }

  @Test
  void a_master_that_hangs_while_it_is_in_touch_is_replaced_once_and_acknowledges_nothing_late() {
    long first = Seed.next();
    for (long seed = first; seed < first + RUNS / 4; seed++) {
      SimulatedCluster cluster = new SimulatedCluster(3, seed, false);
      cluster.run(SECOND);
      NodeId leader = cluster.all().get(0); // it judges all but itself
      NodeId other = cluster.all().get(1);
      if (cluster.mastership().heldBy(leader)) {
        cluster.say(new MasterCommand.HandOver(cluster.mastership().epoch(), other));
        cluster.run(SECOND);
      }
      NodeId hangs = cluster.mastership().holder().orElseThrow();
      Epoch before = cluster.mastership().epoch();
      cluster.write(hangs, SECOND);
      cluster.hang(hangs, 5 * SECOND);
      cluster.run(8 * SECOND);
      assertEquals(before.next(), cluster.mastership().epoch(), "seed " + seed);
      assertFalse(cluster.mastership().heldBy(hangs), "seed " + seed);
      assertEquals(List.of(before.next()), cluster.changes(false), "seed " + seed);
      assertWritesGoOn(cluster, seed);
      assertOrderly(cluster, "seed " + seed);
    }
  }

  /** Seven seconds with a change in each, of one kind or another. */
  private static SimulatedCluster run(long seed, boolean faults) {
    SimulatedCluster cluster = new SimulatedCluster(4, seed, faults);
    Random random = new Random(seed);
    cluster.run(SECOND);
    for (int i = 0; i < 7; i++) {
      NodeId other = cluster.others().get(random.nextInt(3));
      if (faults && random.nextBoolean()) {
        cluster.hang(cluster.any(), random.nextInt((int) SECOND));
      }
      Mastership now = cluster.mastership();
      switch (random.nextInt(faults ? 4 : 2)) {
        case 0 -> cluster.say(new MasterCommand.HandOver(now.epoch(), other));
        case 1 -> now.holder().ifPresent(id -> cluster.say(new MemberCommand.Drain(id)));
        case 2 -> cluster.say(new MasterCommand.Assign(now.epoch(), other)); // as after a kill
        default ->
          now.holder().ifPresent(id -> {
            cluster.say(new MemberCommand.Drain(id));
            cluster.run(random.nextInt(700));
            cluster.say(new MemberCommand.Resume(id));
            cluster.run(random.nextInt(200));
            cluster.hang(id, random.nextInt((int) SECOND));
          });
      }
      cluster.run(SECOND);
      cluster.all().forEach(id -> cluster.say(new MemberCommand.Resume(id)));
    }
    return cluster;
  }

  private static void assertWritesGoOn(SimulatedCluster cluster, long seed) {
    for (int i = 0; i < 60 && !cluster.masterWrote(SECOND); i++) {
      cluster.run(SECOND);
    }
    assertTrue(cluster.masterWrote(SECOND), "the master's writes do not go on, seed " + seed);
  }

  /** Returns how many changes were in order. */
  private static int assertOrderly(SimulatedCluster cluster, String seed) {
    List<Ack> acks = cluster.acks();
    for (Epoch epoch : cluster.changes(true)) {
      assertBefore(acks, epoch, seed + ", epoch " + epoch + " in order");
    }
    for (Epoch epoch : cluster.changes(false)) {
      assertBefore(acks, epoch, seed + ", epoch " + epoch + " without a word");
    }
    return cluster.changes(true).size();
  }

  /** Nothing of an earlier epoch comes behind what was acknowledged in this one, by its master or any. */
  private static void assertBefore(List<Ack> acks, Epoch epoch, String what) {
    long begins = acks.stream()
        .filter(ack -> ack.epoch().compareTo(epoch) >= 0)
        .mapToLong(Ack::millis)
        .min()
        .orElse(Long.MAX_VALUE);
    List<Ack> late = acks.stream()
        .filter(ack -> ack.epoch().compareTo(epoch) < 0 && ack.millis() > begins)
        .toList();
    assertEquals(List.of(), late, what + ", which began at " + begins);
  }
}
