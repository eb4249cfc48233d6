package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Epoch;
import appliance.model.MemberState;
import appliance.testing.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member in a JVM of its own that is killed with -9, or hangs. */
final class KilledNodeTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  private SeparateNode a;

  @Test
  void a_killed_master_is_replaced_and_returns_as_another_member() throws Exception {
    founder();
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
    assertEquals("b", Lab.master(c));
  }

  private void founder() {
    lab.seats("a", "b", "c");
    a = lab.process("a");
    a.awaitSays("master=a");
  }

  @Test
  void a_founder_that_is_killed_right_after_a_join_and_returns_leaves_nobody_without_a_master() {
    founder();
    Cluster b = lab.start("b");
    a.kill(); // with the vote of the other just on its way
    a.start();
    awaitAgreement(2, b);
    awaitVoters(2, b);
  }

  @Test
  void a_node_that_is_killed_and_started_again_before_it_is_missed_gets_in_again() {
    founder();
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    for (int time = 0; time < 2; time++) {
      awaitAgreement(3, b, c);
      awaitVoters(3, b, c);
      a.kill();
      a.start(); // the others may have its last run among them still
      a.awaitStarted();
    }
    awaitAgreement(3, b, c);
  }

  @Test
  void members_that_hang_hold_up_nobody_and_are_caught_up_with_while_others_write() {
    founder();
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
      a.awaitSays("master=b epoch=2 quorum=true");
    } finally {
      writing.set(false);
      writes.join();
    }
  }

  @Test
  void a_leader_that_hears_of_nobody_may_not_write_although_it_thinks_that_it_leads() {
    lab.seats("a", "b", "c");
    Cluster b = lab.startAlone("b");
    a = lab.process("a");
    SeparateNode c = lab.process("c");
    awaitAgreement(3, b);
    awaitVoters(3, b);
    assertTrue(b.lease().valid());
    a.pause();
    c.pause();
    Await.until("no right to write", () -> !b.lease().valid());
    assertEquals("b", Lab.master(b), "nobody has said otherwise yet");
    a.resume();
    c.resume();
    Await.until("it may write again", () -> b.lease().valid());
  }
}
