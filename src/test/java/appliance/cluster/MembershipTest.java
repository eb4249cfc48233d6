package appliance.cluster;

import static appliance.cluster.Lab.await;
import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.master;
import static appliance.cluster.Lab.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.MemberState;
import appliance.runtime.StartFailure;
import appliance.testing.TestSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who becomes a member, who stays one, and who is not let in again; with real nodes on loopback. */
final class MembershipTest {

  @TempDir
  Path folder;

  private Lab lab;

  @BeforeEach
  void set_up() {
    lab = new Lab(folder, "test");
  }

  @AfterEach
  void tear_down() {
    lab.close();
  }

  @Test
  void a_removed_node_is_told_and_stays_out_until_it_has_a_new_identity() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, a, b, c);
    awaitVoters(3, a, b, c);
    String early = refusal(a.operations().remove("c", "127.0.0.1"));
    assertTrue(early.contains("not drained yet"), early);

    drained(a, "c", c);
    a.operations().remove("c", "127.0.0.1").toCompletableFuture().join();
    awaitVoters(2, a, b);
    await("c knows", () -> told(c, "failure").contains("removed"));
    assertTrue(a.views().get().named("c").isEmpty());
    c.close();

    String refused = refusedStart("c");
    assertTrue(refused.contains("removed on a from 127.0.0.1 at "), refused);
    assertTrue(refused.contains("--new-identity"), refused);

    lab.renewed("c");
    await(
        "another secret, which the removed never learn",
        () -> !lab.trust("a").secret().equals(Optional.of(TestSecret.SECRET)));
    Cluster fresh =
        lab.node("c", List.of(lab.seat("a").address()), lab.trust("a").secret());
    fresh.start();
    fresh.ready();
    awaitAgreement(3, a, b, fresh);
  }

  @Test
  void the_master_and_leader_of_two_can_be_removed() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitAgreement(2, a, b);
    awaitVoters(2, a, b);
    drained(b, "a", a);
    b.operations().remove("a", "").toCompletableFuture().join();
    awaitVoters(1, b);
    awaitAgreement(1, b);
    assertEquals("b", master(b));
    await("a has left", () -> a.views().get().members().isEmpty());
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
    int busy = lab.seat("busy").port() + Doorbell.PORT_OFFSET;
    try (ServerSocket mute = new ServerSocket(busy, 50, InetAddress.getLoopbackAddress())) {
      mute.setSoTimeout((int) Lab.DEADLINE.toMillis());
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
    awaitAgreement(3, a, b, c);
    awaitVoters(3, a, b, c);
    c.close();
    Path backup = folder.resolve("backup");
    copy(lab.seat("c").data(), backup);
    Cluster again = lab.start("c");
    awaitAgreement(3, a, b, again);
    again.close();
    copy(backup, lab.seat("c").data());

    String refused = refusedStart("c");
    assertTrue(refused.contains("set back"), refused);
    assertTrue(refused.contains("--new-identity"), refused);
    assertTrue(a.views().get().quorum());
  }

  @Test
  void a_clone_of_the_only_node_is_refused_and_disturbs_nothing() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    Lab.Seat original = lab.seat("a");
    copy(original.data(), folder.resolve("clone"));
    lab.seat(new Lab.Seat("b", original.id(), folder.resolve("clone"), Lab.freePorts()));
    String refused = refusedStart("b");
    assertTrue(refused.contains("is a copy"), refused);
    assertTrue(refused.contains("--new-identity"), refused);
    assertEquals("a", master(a));
    assertTrue(a.lease().valid());
  }

  @Test
  void nobody_founds_before_as_many_as_expected_are_here() throws Exception {
    List.of("a", "b", "c").forEach(lab::seat);
    Cluster a = lab.node("a", config -> Lab.expecting(config, 3));
    Cluster b = lab.node("b", config -> Lab.expecting(config, 3));
    CompletableFuture<Void> two = CompletableFuture.allOf(
        CompletableFuture.runAsync(a::start), CompletableFuture.runAsync(b::start));
    TimeUnit.MILLISECONDS.sleep(500); // time enough to found, were they to
    assertFalse(a.founded() || b.founded());

    Cluster c = lab.node("c", config -> Lab.expecting(config, 3));
    CompletableFuture<Void> all =
        CompletableFuture.allOf(two, CompletableFuture.runAsync(c::start));
    all.get(30, TimeUnit.SECONDS);
    Stream.of(a, b, c).forEach(Cluster::ready);
    awaitAgreement(3, a, b, c);
    assertEquals(1, Stream.of(a, b, c).filter(Cluster::founded).count());
  }

  @Test
  void a_cluster_with_content_is_not_given_up_and_the_empty_one_joins_it() throws Exception {
    Cluster elder = lab.node("a", List.of());
    elder.start();
    elder.ready();
    awaitAgreement(1, elder);
    Cluster younger = lab.node("b", List.of());
    younger.holds(() -> true);
    younger.start();
    younger.ready();
    awaitAgreement(1, younger);
    younger.operations().generate("password", "of b").toCompletableFuture().join();
    younger.close();

    Cluster met = lab.node("b");
    met.holds(() -> true);
    met.start();
    met.ready();
    awaitAgreement(2, elder, met);
    assertEquals(Optional.of("of b"), elder.setting("password"));
    assertFalse(elder.founded());
  }

  @Test
  void a_member_of_one_cluster_is_refused_by_another_one_with_both_named() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitAgreement(2, a, b);
    awaitVoters(2, a, b);
    String old = id(a);
    a.close();
    b.close();
    lab.renewed("a"); // set up anew by mistake: it founds a second cluster of the name
    Cluster other = lab.node("a", List.of());
    other.start();
    other.ready();
    awaitAgreement(1, other);
    other.operations().set("k", "v").toCompletableFuture().join();

    String refused = refusedStart("b");
    assertTrue(refused.contains(old), refused);
    assertTrue(refused.contains(id(other)), refused);
    assertTrue(refused.contains("--new-identity"), refused);
  }

  @Test
  void a_witness_votes_and_is_never_master() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    lab.seat("w");
    Cluster witness = lab.node("w", Lab::witness);
    witness.start();
    witness.ready();
    awaitVoters(3, a, b, witness);
    awaitAgreement(2, a, b);
    assertEquals(MemberState.WITNESS, state(b, "w"));

    a.close();
    awaitAgreement(1, b, witness);
    assertEquals("b", master(witness));
    b.close();
    await("no quorum", () -> !witness.views().get().quorum());
    assertEquals("", master(witness));
  }

  private static void drained(Cluster asked, String name, Cluster node) throws Exception {
    asked.operations().drain(name).toCompletableFuture().join();
    await(name + " drains", () -> state(node, name) == MemberState.DRAINING);
    node.drained();
    await(name + " is drained", () -> state(asked, name) == MemberState.DRAINED);
  }

  private String refusedStart(String node) {
    return String.valueOf(
        assertThrows(StartFailure.class, () -> lab.start(node)).getMessage());
  }

  private static String told(Cluster cluster, String field) {
    return String.valueOf(cluster.source().read().json().get(field));
  }

  private static String id(Cluster cluster) {
    return told(cluster, "id");
  }

  private static String refusal(CompletionStage<Void> stage) {
    CompletionException e = assertThrows(
        CompletionException.class, () -> stage.toCompletableFuture().join());
    return String.valueOf(e.getMessage());
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> old = Files.walk(to)) {
        for (Path path : old.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
