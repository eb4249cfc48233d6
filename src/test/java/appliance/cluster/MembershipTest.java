package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitMaster;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.master;
import static appliance.cluster.Lab.refusal;
import static appliance.cluster.Lab.state;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.join.DiscoveryServer;
import appliance.model.MemberState;
import appliance.model.Wait;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.Folders;
import appliance.testing.LogLines;
import appliance.testing.Ports;
import appliance.testing.TestSecret;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who becomes a member, who stays one, and who is not let in again; with real nodes on loopback. */
final class MembershipTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void a_removed_node_is_told_and_stays_out_until_it_has_a_new_identity() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    String early = refusal(a.operations().remove("c", "127.0.0.1"));
    assertTrue(early.contains("not drained yet"), early);

    Lab.drain(a, "c", c);
    done(a.operations().remove("c", "127.0.0.1"));
    awaitVoters(2, a, b);
    Await.until("c knows", () -> told(c, "failure").contains("removed"));
    Await.until("it is no member", () -> a.views().get().named("c").isEmpty());
    c.close();

    String refused = lab.refusedStart("c");
    assertTrue(refused.contains("removed on a from 127.0.0.1 at "), refused);
    assertTrue(refused.contains("appliance new-identity"), refused);

    lab.renewed("c");
    Await.until(
        "another secret, which the removed never learn",
        () -> !lab.trust("a").secret().equals(Optional.of(TestSecret.SECRET)));
    Cluster fresh = Lab.up(lab.node("c", lab.at("a"), lab.trust("a").secret()));
    awaitAgreement(3, a, b, fresh);
  }

  @Test
  void the_master_and_leader_of_two_can_be_removed() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    Lab.drain(b, "a", a);
    done(b.operations().remove("a", ""));
    awaitVoters(1, b);
    awaitAgreement(1, b);
    awaitMaster("b", b);
    Await.until("a has left", () -> a.views().get().members().isEmpty());
  }

  @Test
  void the_only_member_is_not_removed() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    String refusal = refusal(a.operations().remove("a", ""));
    assertTrue(refusal.contains("not drained"), refusal);
  }

  @Test
  void nobody_founds_beside_a_node_that_takes_connections_and_is_too_busy_to_answer()
      throws Exception {
    Cluster a;
    CompletableFuture<Void> started;
    int busy = lab.seat("busy").port() + DiscoveryServer.PORT_OFFSET;
    try (ServerSocket mute = new ServerSocket(busy, 50, InetAddress.getLoopbackAddress())) {
      mute.setSoTimeout((int) Await.DEADLINE.toMillis());
      a = lab.node("a");
      started = CompletableFuture.runAsync(a::start);
      for (int asked = 0; asked < 3; asked++) {
        mute.accept().close();
      }
      assertFalse(a.founded());
      assertTrue(a.views().get().members().isEmpty());
    }
    started.join();
    assertTrue(a.founded());
  }

  @Test
  void a_data_folder_that_was_set_back_is_refused_before_it_can_vote() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    c.close();
    Path backup = lab.folder("backup");
    Folders.copy(lab.seat("c").data(), backup);
    Cluster again = lab.start("c");
    awaitAgreement(3, a, b, again);
    again.close();
    Folders.copy(backup, lab.seat("c").data());

    String refused = lab.refusedStart("c");
    assertTrue(refused.contains("set back"), refused);
    assertTrue(refused.contains("appliance new-identity"), refused);
    assertTrue(a.views().get().quorum());
  }

  @Test
  void a_clone_of_the_only_node_is_refused_and_disturbs_nothing() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    Lab.Seat original = lab.seat("a");
    Folders.copy(original.data(), lab.folder("clone"));
    lab.seat(new Lab.Seat("b", original.id(), lab.folder("clone"), Ports.block(10)));
    String refused = lab.refusedStart("b");
    assertTrue(refused.contains("is a copy"), refused);
    assertTrue(refused.contains("appliance new-identity"), refused);
    awaitMaster("a", a);
    Await.until("it may write", () -> a.lease().valid());
  }

  @Test
  void where_no_majority_lets_it_in_a_start_ends_as_one_that_may_succeed_later() {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    b.close();
    StartFailure refused = Lab.refusedStart(lab.node("c", lab.at("a")));
    assertTrue(refused.toString().contains("a majority of its nodes must be up"), "" + refused);
    assertEquals(ExitCode.NOT_NOW, refused.exitCode());
  }

  @Test
  void nobody_founds_before_as_many_as_expected_are_here() throws Exception {
    lab.seats("a", "b", "c");
    Cluster a = lab.node("a", Lab.expecting(3));
    Cluster b = lab.node("b", Lab.expecting(3));
    LogLines told = LogLines.of("appliance.cluster.join");
    CompletableFuture<Void> two = CompletableFuture.allOf(
        CompletableFuture.runAsync(a::start), CompletableFuture.runAsync(b::start));
    Await.until(
        "both see each other, and wait for one more",
        () -> told.all().stream()
                .filter(line -> line.endsWith("2 of them are here: a, b"))
                .count()
            >= 2);
    told.close();
    Await.until(
        "the status of both says so, too",
        () -> Stream.of(a, b)
            .map(node -> node.views().get().joining().map(Wait::words).orElse(""))
            .allMatch(
                wait -> wait.contains("3 nodes (--expect). 2 of them are here: a, b. Start")));
    TimeUnit.MILLISECONDS.sleep(500); // time enough to found, were they to
    assertFalse(a.founded() || b.founded());

    Cluster c = lab.node("c", Lab.expecting(3));
    CompletableFuture<Void> all =
        CompletableFuture.allOf(two, CompletableFuture.runAsync(c::start));
    all.get(90, TimeUnit.SECONDS);
    Stream.of(a, b, c).forEach(Cluster::ready);
    awaitAgreement(3, a, b, c);
    assertEquals(1, Stream.of(a, b, c).filter(Cluster::founded).count());
  }

  @Test
  void a_cluster_with_content_is_not_given_up_and_the_empty_one_joins_it() throws Exception {
    Cluster elder = lab.startAlone("a");
    Cluster younger = lab.node("b", List.of());
    younger.holds(() -> true);
    younger.start();
    younger.ready();
    awaitAgreement(1, younger);
    done(younger.operations().generate("password", "of b"));
    younger.close();

    Cluster met = lab.node("b");
    met.holds(() -> true);
    Lab.up(met);
    awaitAgreement(2, elder, met);
    assertEquals(Optional.of("of b"), elder.setting("password"));
    assertFalse(elder.founded());
  }

  @Test
  void a_member_of_one_cluster_is_refused_by_another_one_with_both_named() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    String old = id(a);
    a.close();
    b.close();
    lab.renewed("a"); // set up anew by mistake: it founds a second cluster of the name
    Cluster other = lab.startAlone("a");
    done(other.operations().set("k", "v"));

    String refused = lab.refusedStart("b");
    assertTrue(refused.contains(old), refused);
    assertTrue(refused.contains(id(other)), refused);
    assertTrue(refused.contains("appliance new-identity"), refused);
  }

  @Test
  void a_witness_votes_and_is_never_master() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    lab.seat("w");
    Cluster witness = Lab.up(lab.node("w", Lab::witness));
    awaitVoters(3, a, b, witness);
    awaitAgreement(2, a, b);
    assertEquals(MemberState.WITNESS, state(b, "w"));
    String undrained = refusal(a.operations().drain("w"));
    assertTrue(undrained.contains("serves nothing that could be drained"), undrained);
    assertEquals(MemberState.WITNESS, state(b, "w"));

    a.close();
    awaitAgreement(1, b, witness);
    awaitMaster("b", witness);
    b.close();
    Await.until("no quorum", () -> !witness.views().get().quorum());
    assertEquals("", master(witness));
  }

  private static String id(Cluster cluster) {
    return told(cluster, "id");
  }
}
