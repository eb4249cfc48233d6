package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitMaster;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.join.VanishingCluster;
import appliance.cluster.state.ClusterFile;
import appliance.model.MemberState;
import appliance.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster that holds nothing is given up for another one, and that does not go well. */
final class DissolvingTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @RegisterExtension
  final Lab elsewhere = new Lab("test");

  private final AtomicInteger kept = new AtomicInteger();
  private final AtomicInteger dissolved = new AtomicInteger();
  private String id = "";

  @Test
  void a_founder_whom_the_other_cluster_refuses_goes_on_says_why_and_joins_once_it_may() {
    Cluster a = lab.startAlone("a");
    elsewhere.startAlone("a").close();
    Cluster b = Lab.up(elsewhere.node("a", lab.at("a")));
    Await.until("it says why", () -> told(b, "apart").contains("another node is named a"));
    Await.until("it goes on", () -> b.lease().valid());
    assertEquals("", told(b, "failure"));
    awaitAgreement(1, a);
    awaitMaster("a", a);

    b.close();
    Lab.Seat seat = elsewhere.seat("a");
    elsewhere.seat(new Lab.Seat("b", seat.id(), seat.data(), seat.port()));
    Cluster again = Lab.up(elsewhere.node("b", lab.at("a")));
    awaitAgreement(2, a, again);
    assertFalse(again.founded());
    assertEquals("", told(again, "apart"));
  }

  @Test
  void one_that_stops_answering_before_it_is_asked_is_not_joined() throws Exception {
    Cluster b = founder();
    try (VanishingCluster elder = new VanishingCluster(lab, lab.seat("elder"), () -> true)) {
      elder.open();
      Await.until("it says why", () -> told(b, "apart").contains("does not take this node in"));
    }
    assertEquals(0, kept.get(), "nothing was given up");
    assertGoesOn(b);
  }

  @Test
  void one_that_is_gone_when_it_has_let_this_node_in_is_not_joined() throws Exception {
    assertGoesBack(() -> Files.exists(aside()));
  }

  @Test
  void one_whose_members_are_gone_when_it_has_let_this_node_in_again_is_not_joined()
      throws Exception {
    Path begun = ClusterFile.path(lab.seat("b").data());
    assertGoesBack(() -> Files.exists(aside()) && Files.exists(begun));
  }

  /** A founder meets an elder cluster that is gone when it comes to join it. */
  private void assertGoesBack(BooleanSupplier gone) throws Exception {
    Cluster b = founder();
    try (VanishingCluster elder = new VanishingCluster(lab, lab.seat("elder"), gone)) {
      elder.open();
      Await.until("b has gone back", () -> kept.get() == 1);
    }
    assertGoesOn(b);
  }

  @Test
  void one_that_refuses_this_node_after_it_has_let_it_in_is_not_joined() throws Exception {
    Cluster b = founder();
    try (VanishingCluster elder = new VanishingCluster(lab, lab.seat("elder"), () -> false)) {
      elder.refusing(() -> Files.exists(aside())).open();
      Await.until("b has gone back", () -> kept.get() == 1);
    }
    assertGoesOn(b);
  }

  @Test
  void what_is_set_while_the_other_one_is_asked_keeps_the_own_cluster() throws Exception {
    Cluster b = founder();
    AtomicBoolean set = new AtomicBoolean();
    BooleanSupplier meanwhile = () -> {
      Lab.done(b.operations().set("colour", "blue"));
      set.set(true);
      return false;
    };
    try (VanishingCluster elder = new VanishingCluster(lab, lab.seat("elder"), meanwhile)) {
      elder.open();
      Await.until("it is set", set::get);
      int before = elder.looks();
      Await.until("b has looked around again, and again", () -> elder.looks() > before + 1);
    }
    assertEquals(0, kept.get(), "it was not even given up for a while");
    assertGoesOn(b);
    assertEquals(Optional.of("blue"), b.setting("colour"));
  }

  @Test
  void one_that_is_gone_before_its_log_has_this_node_is_not_joined() throws Exception {
    Cluster b = founder();
    try (VanishingCluster elder = new VanishingCluster(lab, lab.seat("elder"), () -> false)) {
      elder.withMembers().open();
      Await.until("b is among its members", () -> elder.inTouch() == 2);
      assertFalse(b.lease().valid());
      elder.vanish();
      Await.until("b has gone back", () -> kept.get() == 1);
    }
    assertGoesOn(b);
  }

  @Test
  void files_that_come_at_the_last_moment_keep_the_own_cluster() {
    lab.startAlone("a").close();
    Cluster b = elsewhere.node("b", lab.at("a"));
    b.onKept(kept::incrementAndGet);
    b.onDissolved(dissolved::incrementAndGet);
    AtomicBoolean founded = new AtomicBoolean();
    b.holds(() -> founded.get() && b.founder() == Founder.NOT); // once it is being given up
    Lab.up(b);
    founded.set(true);
    id = told(b, "id");
    Cluster a = lab.start("a"); // which is older, and comes back only now
    Await.until("it was about to go, and has stayed", () -> kept.get() + dissolved.get() > 0);
    assertEquals(0, dissolved.get());
    assertEquals(id, told(b, "id"));
    awaitAgreement(2, a, b);
  }

  @Test
  void a_founder_is_joining_in_the_other_cluster_until_it_has_caught_up_there() {
    lab.startAlone("a").close();
    Cluster b = elsewhere.node("b", lab.at("a"));
    b.start();
    b.ready();
    awaitAgreement(1, b);
    Cluster a = lab.start("a"); // which is older, and comes back only now
    Await.until("it is in the other one", () -> told(b, "id").equals(told(a, "id")));
    Await.until("it is a member", () -> Lab.state(a, "b") == MemberState.JOINING);
    for (int i = 0; i < 20; i++) {
      Lab.done(b.operations().set("looks", "" + i)); // time enough to say so, were it to
    }
    assertEquals(MemberState.JOINING, Lab.state(a, "b"));
    assertEquals("1", told(a, "voters"));
    b.ready();
    awaitAgreement(2, a, b);
  }

  private Path aside() {
    return lab.seat("b").data().resolve("cluster.given-up");
  }

  /** A node with a cluster of its own, and a setting there, that knows where the elder one is. */
  private Cluster founder() {
    lab.seat("elder");
    Cluster b = lab.node("b");
    b.onKept(kept::incrementAndGet);
    b.onDissolved(dissolved::incrementAndGet);
    Lab.up(b);
    awaitAgreement(1, b);
    Lab.done(b.operations().generate("password", "of b"));
    id = told(b, "id");
    return b;
  }

  private void assertGoesOn(Cluster b) {
    awaitAgreement(1, b);
    awaitMaster("b", b);
    Await.until("it may write", () -> b.lease().valid());
    assertEquals(id, told(b, "id"));
    assertEquals("", told(b, "failure"));
    assertEquals(Optional.of("of b"), b.setting("password"));
    assertTrue(b.founded());
    assertEquals(0, dissolved.get());
    assertTrue(Files.notExists(aside()));
  }

  @Test
  void a_founder_that_is_killed_while_it_gives_up_its_cluster_joins_the_other_one_when_it_is_back()
      throws IOException {
    Cluster a = lab.startAlone("a");
    Cluster b = killed("b", false);
    awaitAgreement(2, a, b);
    assertFalse(b.founded());
    assertTrue(Files.notExists(elsewhere.seat("b").data().resolve("cluster.given-up")));
  }

  @Test
  void a_founder_that_is_killed_while_it_gives_up_its_cluster_goes_on_with_it_if_the_other_is_gone()
      throws IOException {
    lab.seat("a");
    Cluster b = killed("b", true);
    awaitAgreement(1, b);
    assertEquals(Optional.of("of b"), b.setting("password"));
    long starts = ClusterFile.read(elsewhere.seat("b").data()).orElseThrow().incarnation();
    assertEquals(8, starts, "more than the other one may have seen");
  }

  /**
   * A node that has founded a cluster, was killed while it gave it up, and is back.
   *
   * @param begun whether it had begun to join the other one, which may have taken it in or not
   */
  private Cluster killed(String name, boolean begun) throws IOException {
    Cluster founder = elsewhere.startAlone(name);
    Lab.done(founder.operations().generate("password", "of " + name));
    founder.close();
    Path data = elsewhere.seat(name).data();
    new GivenUp(data).putAside();
    if (begun) {
      ClusterFile.of("test", UUID.randomUUID(), 1).startedAfter(7).write(data);
    }
    return Lab.up(elsewhere.node(name, lab.at("a")));
  }
}
