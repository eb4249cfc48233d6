package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitMaster;
import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.master;
import static appliance.cluster.Lab.refusal;
import static appliance.cluster.Lab.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Epoch;
import appliance.model.HostPort;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.Ports;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the cluster promises to the rest of the node, with real nodes on loopback. */
final class ClusterTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void a_node_alone_founds_and_is_master() throws Exception {
    Cluster a = lab.node("a", List.of(new HostPort("127.0.0.1", Ports.block(10))));
    a.start();
    assertTrue(a.founded());
    assertEquals(Optional.empty(), a.views().get().master(), "not before it is ready");
    a.ready();
    awaitAgreement(1, a);
    awaitMaster("a", a);
    assertEquals(new Epoch(1), a.views().get().epoch());
    Await.until("it may write", () -> a.lease().epoch().equals(new Epoch(1)));
  }

  @Test
  void a_single_node_restarts_alone_and_remembers() throws Exception {
    Cluster a = lab.start("a");
    done(a.operations().set("color", "green"));
    awaitAgreement(1, a);
    a.close();

    Cluster again = lab.start("a");
    assertFalse(again.founded());
    awaitAgreement(1, again);
    assertEquals(Optional.of("green"), again.setting("color"));
    assertTrue(again.views().get().epoch().compareTo(new Epoch(1)) > 0, "a new run, a new epoch");
  }

  @Test
  void three_nodes_agree_on_one_master_and_a_survivor_takes_over() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    assertFalse(b.founded());
    awaitWhole(a, b, c);
    awaitMaster("a", c);
    Epoch before = c.views().get().epoch();

    a.close();
    awaitAgreement(2, b, c);
    awaitMaster("b", c); // the eldest of the others
    assertEquals(before.next(), c.views().get().epoch());
    assertEquals(MemberState.DOWN, state(c, "a"));

    Cluster returned = lab.start("a");
    awaitAgreement(3, returned, b, c);
    awaitMaster("b", returned); // who returns does not take the mastership back
  }

  @Test
  void the_majority_is_never_shrunk() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    a.close();
    Await.until("no quorum", () -> !b.views().get().quorum());
    assertEquals(Optional.empty(), b.views().get().master());
    Await.until("no lease", () -> !b.lease().valid());

    Cluster returned = lab.start("a");
    awaitAgreement(2, returned, b);
  }

  @Test
  void all_restart_together_after_all_were_off() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    done(a.operations().set("k", "v"));
    List.of(a, b, c).forEach(Cluster::close);

    Cluster b2 = lab.node("b");
    Cluster c2 = lab.node("c");
    together(List.of(b2, c2));
    awaitAgreement(2, b2, c2);
    assertEquals(Optional.of("v"), c2.setting("k"));
  }

  @Test
  void draining_the_master_moves_the_mastership_and_lasts_over_a_restart() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);

    done(c.operations().drain("a"));
    awaitAgreement(2, a, b, c);
    awaitMaster("b", a);
    assertEquals(MemberState.DRAINING, state(c, "a"));
    a.drained();
    Await.until("drained", () -> state(b, "a") == MemberState.DRAINED);

    a.close();
    Cluster again = lab.start("a");
    Await.until("drained still", () -> state(b, "a") == MemberState.DRAINED);
    done(again.operations().resume("a"));
    awaitAgreement(3, again, b, c);
  }

  @Test
  void the_last_active_node_is_not_drained_and_unknown_names_are_told() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    assertTrue(refusal(a.operations().drain("a")).contains("last active node"));
    assertTrue(refusal(a.operations().drain("x")).contains("no node 'x'; the nodes are a"));
    assertTrue(refusal(a.operations().handover(Optional.empty()))
        .contains("no active node to hand over to"));
    assertTrue(refusal(a.operations().set("k", "v".repeat(20_000))).contains("at most"));
  }

  @Test
  void what_waits_for_a_majority_ends_when_the_node_closes() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    b.close();
    Await.until("no quorum", () -> !a.views().get().quorum());
    CompletableFuture<Void> waiting = a.operations().set("k", "v").toCompletableFuture();
    a.close();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> waiting.get(90, TimeUnit.SECONDS));
    assertTrue(String.valueOf(e.getMessage()).contains("this node is closing"), e.toString());
    assertTrue(refusal(a.operations().set("k", "v")).contains("this node is closing"));
  }

  @Test
  void settings_reach_every_node_also_one_that_joins_later() throws Exception {
    Cluster a = lab.start("a");
    done(a.operations().generate("secret", "hash"));
    Cluster b = lab.start("b");
    assertTrue(refusal(b.operations().generate("other", "x")).contains("not founded"));
    done(b.operations().set("from", "b"));
    Await.until(
        "both",
        () -> b.setting("secret").equals(Optional.of("hash"))
            && a.setting("from").equals(Optional.of("b")));
    done(b.operations().set("from", ""));
    Await.until("gone", () -> a.setting("from").isEmpty());
  }

  @Test
  void broadcasts_reach_all_others_in_order_and_not_the_sender() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, a, b, c);
    BlockingQueue<String> atA = inbox(a);
    BlockingQueue<String> atB = inbox(b);
    BlockingQueue<String> atC = inbox(c);
    for (int i = 0; i < 100; i++) {
      a.broadcast("t").send(("m" + i).getBytes(StandardCharsets.UTF_8));
    }
    a.broadcast("other").send(new byte[] {1});
    for (BlockingQueue<String> inbox : List.of(atB, atC)) {
      for (int i = 0; i < 100; i++) {
        assertEquals(lab.seat("a").id() + " m" + i, inbox.poll(90, TimeUnit.SECONDS));
      }
    }
    assertTrue(atA.isEmpty());
    assertThrows(
        IllegalArgumentException.class, () -> a.broadcast("t").send(new byte[512 * 1024 + 1]));
  }

  @Test
  void a_burst_of_broadcasts_arrives_whole() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitAgreement(2, a, b);
    BlockingQueue<String> atB = inbox(b);
    for (int i = 0; i < 5000; i++) {
      a.broadcast("t").send(("m" + i).getBytes(StandardCharsets.UTF_8));
    }
    for (int i = 0; i < 5000; i++) {
      assertEquals(lab.seat("a").id() + " m" + i, atB.poll(90, TimeUnit.SECONDS));
    }
  }

  private static BlockingQueue<String> inbox(Cluster cluster) {
    BlockingQueue<String> inbox = new LinkedBlockingQueue<>();
    cluster.receive(
        "t",
        (from, message) -> inbox.add(from + " " + new String(message, StandardCharsets.UTF_8)));
    return inbox;
  }

  @Test
  void a_name_that_a_living_member_has_is_refused() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    try (Lab elsewhere = new Lab("test")) {
      StartFailure failure = Lab.refusedStart(elsewhere.node("a", lab.at("a")));
      assertEquals(ExitCode.CLUSTER, failure.exitCode());
      assertTrue(failure.toString().contains("choose another name"), failure.toString());
    }
  }

  @Test
  void a_name_whose_node_has_ended_and_is_not_missed_yet_is_waited_for() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    SeparateNode c = lab.process("c");
    c.awaitStarted();
    awaitAgreement(3, a, b);
    c.pause(); // as dead as can be while the others take it to be there
    try (Lab elsewhere = new Lab("test")) {
      Cluster again = Lab.up(elsewhere.node("c", lab.others("c")));
      awaitAgreement(3, a, b, again);
    }
  }

  @Test
  void a_port_that_is_taken_is_named() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    try (Lab elsewhere = new Lab("test")) {
      int port = lab.seat("a").port();
      elsewhere.seat(new Lab.Seat("b", NodeId.random(), elsewhere.folder("b"), port));
      StartFailure failure = Lab.refusedStart(elsewhere.node("b", List.of()));
      assertEquals(ExitCode.PORT_TAKEN, failure.exitCode());
      assertTrue(failure.toString().contains("" + port), failure.toString());
    }
  }

  @Test
  void three_fresh_nodes_that_start_at_once_become_one_cluster() throws Exception {
    lab.seats("a", "b", "c");
    List<Cluster> nodes = Stream.of("a", "b", "c").map(lab::node).toList();
    together(nodes);
    awaitAgreement(3, nodes.get(0), nodes.get(1), nodes.get(2));
    assertEquals(1, nodes.stream().filter(Cluster::founded).count());
  }

  /** Starts all at once. */
  private static void together(List<Cluster> nodes) throws Exception {
    CompletableFuture.allOf(nodes.stream()
            .map(node -> CompletableFuture.runAsync(() -> Lab.up(node)))
            .toArray(CompletableFuture[]::new))
        .get(180, TimeUnit.SECONDS);
  }

  @Test
  void a_node_that_comes_late_catches_up_while_others_write() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitAgreement(2, a, b);
    AtomicBoolean writing = new AtomicBoolean(true);
    CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
      int written = 0;
      while (writing.get()) {
        done(a.operations().set("count", "n" + written++));
      }
      return written;
    });
    try {
      Cluster c = lab.start("c");
      awaitWhole(a, b, c);
      writing.set(false);
      String last = "n" + (writer.get(90, TimeUnit.SECONDS) - 1);
      Await.until("the last write", () -> c.setting("count").equals(Optional.of(last)));
    } finally {
      writing.set(false);
    }
  }

  @Test
  void a_handover_moves_the_mastership_to_the_one_named() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    done(b.operations().handover(Optional.of("c")));
    Await.until("c is master", () -> master(a).equals("c") && master(c).equals("c"));
    assertFalse(a.lease().valid());
    Await.until("it may write", () -> c.lease().epoch().equals(new Epoch(2)));
    done(c.operations().handover(Optional.empty()));
    Await.until("the eldest of the others", () -> master(b).equals("a"));
  }

  @Test
  void a_handover_to_one_that_cannot_be_master_is_refused_with_the_reason() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    String already = refusal(b.operations().handover(Optional.of("a")));
    assertTrue(already.contains("a is master already"), already);
    done(a.operations().drain("b"));
    Await.until("b drains", () -> state(a, "b") == MemberState.DRAINING);
    String drained = refusal(a.operations().handover(Optional.of("b")));
    assertTrue(drained.contains("resume it first"), drained);
    c.close();
    Await.until("c is down", () -> state(a, "c") == MemberState.DOWN);
    String down = refusal(a.operations().handover(Optional.of("c")));
    assertTrue(down.contains("c cannot be reached"), down);
    assertEquals("a", master(b));
  }

  @Test
  void a_handover_waits_for_writes_that_have_begun_and_lets_no_other_begin() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    Epoch begun = a.lease().begin();
    assertEquals(new Epoch(1), begun);
    done(b.operations().handover(Optional.of("c")));
    Await.until("no further write begins", () -> a.lease().begin().equals(Epoch.NONE));
    assertEquals(new Epoch(1), a.views().get().epoch());
    assertTrue(a.lease().stands(begun));
    assertFalse(c.lease().valid());
    a.lease().end();
    Await.until("c is master", () -> master(a).equals("c") && c.lease().valid());
    assertFalse(a.lease().stands(begun));
  }

  @Test
  void another_clusters_name_is_left_out() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    try (Lab elsewhere = new Lab("other")) {
      Cluster b = elsewhere.node("b", lab.at("a"));
      b.start();
      assertTrue(b.founded());
    }
  }

  @Test
  void of_two_empty_clusters_that_meet_the_younger_dissolves() throws Exception {
    Cluster a = lab.startAlone("a");
    Cluster b = lab.startAlone("b");
    assertTrue(b.founded());
    BlockingQueue<String> dissolved = new LinkedBlockingQueue<>();
    b.onDissolved(() -> dissolved.add("b"));
    b.close();

    Cluster met = lab.node("b");
    met.onDissolved(() -> dissolved.add("b"));
    Lab.up(met);
    awaitAgreement(2, a, met);
    assertEquals("b", dissolved.poll(90, TimeUnit.SECONDS));
    awaitMaster("a", met);
    assertFalse(met.founded());
    assertTrue(refusal(met.operations().generate("password", "void")).contains("not founded"));
  }
}
