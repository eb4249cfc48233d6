package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitMaster;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Epoch;
import appliance.model.MemberState;
import appliance.testing.Await;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member in a JVM of its own that is killed with -9, or hangs. */
final class KilledNodeTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void a_killed_master_is_replaced_and_returns_as_another_member() throws Exception {
    SeparateNode a = founder();
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, b, c);
    awaitVoters(3, b, c);
    Epoch before = b.views().get().epoch();

    a.kill();
    awaitAgreement(2, b, c);
    assertTrue(b.views().get().epoch().compareTo(before) > 0);
    assertEquals(MemberState.DOWN, Lab.state(b, "a"));

    a.start();
    awaitAgreement(3, b, c);
    awaitMaster("b", c);
  }

  private SeparateNode founder() {
    lab.seats("a", "b", "c");
    SeparateNode founder = lab.process("a");
    founder.awaitSays("master=a");
    return founder;
  }

  @Test
  void a_founder_that_is_killed_right_after_a_join_and_returns_leaves_nobody_without_a_master() {
    SeparateNode a = founder();
    Cluster b = lab.start("b");
    a.kill(); // with the vote of the other just on its way
    a.start();
    awaitAgreement(2, b);
    awaitVoters(2, b);
  }

  @Test
  void a_node_that_is_killed_and_started_again_before_it_is_missed_gets_in_again() {
    SeparateNode a = founder();
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, b, c);
    awaitVoters(3, b, c);
    a.kill();
    a.start(); // the others may have its last run among them still
    a.awaitStarted();
    awaitAgreement(3, b, c);
  }

  @Test
  void members_that_hang_hold_up_nobody_and_are_caught_up_with_while_others_write() {
    SeparateNode a = founder();
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, b, c);
    awaitVoters(3, b, c);
    a.pause();
    awaitAgreement(2, b, c);
    for (int i = 0; i < 20; i++) {
      done(b.operations().set("count", "n" + i));
    }
    a.resume();
    AtomicBoolean writing = new AtomicBoolean(true);
    CompletableFuture<Void> writes = CompletableFuture.runAsync(() -> {
      for (int i = 0; writing.get(); i++) {
        done(c.operations().set("count", "m" + i));
        Await.pause(200); // the pace at which the library never sent again what was missing
      }
    });
    try {
      awaitAgreement(3, b, c);
      a.awaitSays("master=b");
    } finally {
      writing.set(false);
      writes.join();
    }
  }

  @Test
  void a_master_whose_followers_all_hang_may_not_write_until_they_are_back() {
    lab.seats("a", "b", "c");
    Cluster b = lab.startAlone("b");
    SeparateNode a = lab.process("a");
    SeparateNode c = lab.process("c");
    awaitAgreement(3, b);
    awaitVoters(3, b);
    Await.until("it may write", () -> b.lease().valid());
    a.pause();
    c.pause();
    Await.until("no right to write", () -> !b.lease().valid());
    a.resume();
    c.resume();
    Await.until("it may write again", () -> b.lease().valid());
  }

  @Test
  void a_master_whose_disk_is_full_leaves_with_a_reason_and_nothing_acknowledged_is_lost() {
    SeparateNode a = founder();
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, b, c);
    awaitVoters(3, b, c);
    a.limitFiles(64 * 1024); // each file of it: the log is the first to reach that
    int acknowledged = 0;
    for (int i = 1; i <= 40; i++) {
      try {
        done(b.operations().set("count", i + ":" + "x".repeat(4000)));
        acknowledged = i;
      } catch (CompletionException e) {
        assertTrue(e.getCause() instanceof ClusterRefusal, e.toString());
      }
    }
    a.awaitSays("could not be written (is the disk full?)");
    awaitAgreement(2, b, c);
    int last = acknowledged;
    assertTrue(last > 0);
    Await.until("nothing is lost", () -> count(b) >= last && count(c) >= last);

    a.kill();
    a.start(); // there is room again
    awaitAgreement(3, b, c);
    done(c.operations().set("count", "at last"));
    Await.until("the log goes on", () -> b.setting("count").equals(Optional.of("at last")));
  }

  @Test
  void a_master_whose_disk_refuses_one_write_and_hangs_at_the_next_leaves_at_once() {
    SeparateNode a = founder();
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, b, c);
    awaitVoters(3, b, c);
    a.hangOn("failed", "room"); // what it notes, and what it tries its disk with
    a.limitFiles(64 * 1024);
    for (int i = 1; i <= 40; i++) {
      try {
        done(b.operations().set("count", i + ":" + "x".repeat(4000)));
      } catch (CompletionException e) {
        assertTrue(e.getCause() instanceof ClusterRefusal, e.toString());
      }
    }
    a.awaitSays("could not be written (is the disk full?)");
    awaitAgreement(2, b, c);
  }

  private static int count(Cluster cluster) {
    return Integer.parseInt(cluster.setting("count").orElseThrow().split(":", 2)[0]);
  }
}
