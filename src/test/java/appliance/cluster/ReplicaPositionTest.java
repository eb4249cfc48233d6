package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitMaster;
import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.master;
import static appliance.cluster.Lab.refusal;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.state.Mastership;
import appliance.model.GtidPosition;
import appliance.model.ReplicaProgress;
import appliance.model.ReplicaProgress.State;
import appliance.testing.Await;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the nodes' copies of the database have to do with who is master; real nodes, made-up positions. */
final class ReplicaPositionTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  private final Map<String, ReplicaProgress> replicas = new ConcurrentHashMap<>();
  private Cluster a;
  private Cluster b;
  private Cluster c;

  @BeforeEach
  void set_up() throws Exception {
    a = start("a");
    b = start("b");
    c = start("c");
    awaitWhole(a, b, c);
    awaitMaster("a", a);
  }

  private Cluster start(String name) {
    at(name, State.LEVEL, "0-1-5");
    Cluster cluster = lab.node(name);
    cluster.replica(() -> replicas.getOrDefault(name, ReplicaProgress.NONE));
    return Lab.up(cluster);
  }

  private void at(String name, State state, String position) {
    replicas.put(name, new ReplicaProgress(state, GtidPosition.parse(position)));
  }

  private void awaitAcknowledged(String position) {
    GtidPosition wanted = GtidPosition.parse(position);
    Await.until(
        "the master has renewed its lease with it",
        () -> b.situation().state().mastership().acknowledged().equals(wanted));
  }

  private void awaitHeard(Cluster by, String of, State state) {
    Await.until("it is known", () -> by.situation().replica(lab.seat(of).id()).state() == state);
  }

  @Test
  void who_has_all_that_the_last_master_had_becomes_master_and_not_who_is_older() throws Exception {
    at("a", State.LEVEL, "0-1-9");
    at("b", State.STOPPED, "0-1-7");
    at("c", State.LEVEL, "0-1-9");
    awaitAcknowledged("0-1-9");
    awaitHeard(c, "b", State.STOPPED);
    a.close();
    awaitAgreement(2, b, c);
    awaitMaster("c", b);
  }

  @Test
  void where_nobody_has_it_nobody_is_master_until_one_gets_it() throws Exception {
    at("a", State.LEVEL, "0-1-9");
    at("b", State.FOLLOWING, "0-1-7");
    at("c", State.STOPPED, "0-1-7");
    awaitAcknowledged("0-1-9");
    awaitHeard(b, "c", State.STOPPED);
    awaitHeard(c, "b", State.FOLLOWING);
    a.close();
    Await.until(
        "the reason is told by all",
        () -> !b.views().get().vacancy().isEmpty() && !c.views().get().vacancy().isEmpty());
    assertTrue(b.views().get().master().isEmpty());
    at("b", State.FOLLOWING, "0-1-9");
    awaitAgreement(2, b, c);
    awaitMaster("b", c);
    assertEquals("", c.views().get().vacancy());
  }

  @Test
  void an_operator_makes_one_master_that_lacks_something_on_record() throws Exception {
    at("a", State.LEVEL, "0-1-9");
    at("b", State.STOPPED, "0-1-7");
    at("c", State.STOPPED, "0-1-7");
    awaitAcknowledged("0-1-9");
    awaitHeard(b, "c", State.STOPPED);
    awaitHeard(c, "b", State.STOPPED);
    a.close();
    Await.until("there is none", () -> !c.views().get().vacancy().isEmpty());
    done(b.operations().promote("c", "127.0.0.1"));
    Await.until("c is master", () -> master(b).equals("c"));
    String forced = told(b, "forced");
    assertTrue(forced.startsWith("promoted c by force on b from 127.0.0.1"), forced);
  }

  @Test
  void a_handover_waits_until_the_target_has_what_the_master_has() throws Exception {
    at("a", State.LEVEL, "0-1-9");
    at("c", State.FOLLOWING, "0-1-7");
    awaitAcknowledged("0-1-9");
    awaitHeard(a, "c", State.FOLLOWING);
    done(a.operations().handover(Optional.of("c")));
    Await.until(
        "it drains", () -> a.situation().state().mastership().phase() == Mastership.Phase.DRAINING);
    assertTrue(a.situation().state().mastership().heldBy(lab.seat("a").id()), "not released yet");
    at("c", State.FOLLOWING, "0-1-9");
    Await.until("c is master", () -> master(b).equals("c"));
    assertEquals(2, b.views().get().epoch().value());
  }

  @Test
  void a_target_that_cannot_reach_it_is_refused_and_one_that_does_not_leaves_the_master_in_place()
      throws Exception {
    at("a", State.LEVEL, "0-1-9");
    at("b", State.FOLLOWING, "0-1-8");
    at("c", State.STOPPED, "0-1-7");
    awaitAcknowledged("0-1-9");
    awaitHeard(a, "c", State.STOPPED);
    awaitHeard(a, "b", State.FOLLOWING);
    String refusal = refusal(a.operations().handover(Optional.of("c")));
    assertTrue(refusal.contains("c's replica of the database has stopped at 0-1-7"), refusal);
    done(a.operations().handover(Optional.of("b")));
    Await.until(
        "the next epoch",
        () -> b.views().get().epoch().value() == 2 && a.lease().valid());
    Await.until("the same master", () -> master(b).equals("a"));
    assertFalse(b.lease().valid());
  }
}
