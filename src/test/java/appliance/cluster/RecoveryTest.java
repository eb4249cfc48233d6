package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitMaster;
import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.refusal;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.mastery.Situation;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.OperatorAct;
import appliance.cluster.state.Standing;
import appliance.model.Epoch;
import appliance.runtime.ExitCode;
import appliance.runtime.Force;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Going on without a majority, because an operator says so; with real nodes on loopback. */
final class RecoveryTest {

  private static final OperatorAct ACT = new OperatorAct(1000, "recovered by force", "on a");

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void the_survivor_of_two_goes_on_by_force_and_the_other_cannot_come_back_as_it_was()
      throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    done(a.operations().set("kept", "yes"));
    Await.until("both have it", () -> b.setting("kept").equals(Optional.of("yes")));
    Epoch before = b.views().get().epoch();
    String early = refusal(b.recover(""));
    assertTrue(early.contains("has a majority"), early);

    a.close();
    Await.until("no majority", () -> !b.views().get().quorum());
    done(b.recover("127.0.0.1"));
    awaitAgreement(1, b);
    awaitMaster("b", b);
    assertTrue(b.views().get().epoch().compareTo(before) > 0);
    assertEquals(Optional.of("yes"), b.setting("kept"));
    String forced = told(b, "forced");
    assertTrue(forced.startsWith("recovered by force on b from 127.0.0.1 at "), forced);

    String refused = lab.refusedStart("a");
    assertTrue(refused.contains("goes on without this node"), refused);
    assertTrue(refused.contains("appliance new-identity"), refused);

    b.close();
    Cluster again = lab.start("b");
    awaitAgreement(1, again);
    assertEquals(Optional.of("yes"), again.setting("kept"), "it lasts over a restart");
  }

  @Test
  void who_served_is_active_in_the_new_cluster_also_if_it_lacks_what_nobody_can_bring_any_more()
      throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.node("b");
    b.start();
    b.ready(); // and never again, as one that has heard of a file that only a has
    awaitWhole(a, b);
    a.close();
    Await.until("no majority", () -> !b.views().get().quorum());
    done(b.recover(""));
    awaitMaster("b", b);
  }

  @Test
  void a_witness_refuses_and_logs_no_recovery() throws Exception {
    Cluster a = lab.startAlone("a");
    Situation last = a.situation();
    ClusterState witness = last.state().with(last.own().orElseThrow().with(Standing.WITNESS));
    Situation asked =
        new Situation(last.self(), witness, last.progress(), last.reachable(), last.replicas());
    ClusterFile file = ClusterFile.read(lab.seat("a").data()).orElseThrow();
    try (LogLines told = LogLines.of(Recovery.class)) {
      assertThrows(ClusterRefusal.class, () -> Recovery.of(file, asked, ACT));
      assertEquals(List.of(), told.all());
    }
  }

  @Test
  void what_is_carried_over_is_on_disk_before_the_old_cluster_is_moved_away() throws Exception {
    Cluster a = lab.startAlone("a");
    Path data = lab.seat("a").data();
    Situation last = a.situation();
    a.close();
    List<String> forced = new ArrayList<>();
    Recovery.of(ClusterFile.read(data).orElseThrow(), last, ACT).prepare(data, path -> {
      boolean moved = Files.exists(data.resolve("cluster.before-1000"));
      forced.add(data.relativize(path) + (moved ? " afterwards" : ""));
      Force.DISK.of(path);
    });
    assertEquals(
        List.of(
            "cluster.recovery/cluster/carried",
            "cluster.recovery/cluster",
            "cluster.recovery",
            "",
            " afterwards"),
        forced);
  }

  @Test
  void what_is_carried_over_is_needed_only_until_the_log_has_it() throws Exception {
    Path data = recovered();
    Path carried = ClusterFile.folder(data).resolve("carried");
    byte[] whole = Files.readAllBytes(carried);
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    Await.until("it is gone", () -> Files.notExists(carried));
    a.close();

    Files.write(carried, new byte[0]); // as a power loss may have left it once
    Cluster again = lab.start("a");
    awaitAgreement(1, again);
    assertEquals(Optional.of("yes"), again.setting("kept"));
    Await.until("it is gone again", () -> Files.notExists(carried));
    assertTrue(whole.length > 0);
  }

  @Test
  void what_is_carried_over_and_damaged_is_named_and_nothing_begins_without_it() throws Exception {
    Path carried = ClusterFile.folder(recovered()).resolve("carried");
    Files.write(carried, new byte[0]);
    Cluster a = lab.start("a");
    Await.until("it says so", () -> told(a, "failure").contains(carried + " is damaged"));
    assertTrue(told(a, "failure").contains("cluster.before-"), told(a, "failure"));
    assertEquals(Optional.empty(), a.setting("kept"));
  }

  /** A data folder of a cluster that is recovered, and has not been started since. */
  private Path recovered() throws Exception {
    Cluster a = lab.startAlone("a");
    done(a.operations().set("kept", "yes"));
    Path data = lab.seat("a").data();
    Situation last = a.situation();
    a.close();
    Recovery.of(ClusterFile.read(data).orElseThrow(), last, ACT).prepare(data);
    return data;
  }

  @Test
  void a_recovery_that_cannot_be_written_is_no_success_and_changes_nothing() throws Exception {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    a.close();
    Await.until("no majority", () -> !b.views().get().quorum());
    Path inTheWay = Files.createFile(lab.seat("b").data().resolve("cluster.recovery"));

    String refused = refusal(b.recover("127.0.0.1"));
    assertTrue(refused.contains("it could not go on from what it had of the cluster"), refused);
    assertTrue(refused.contains("cluster.recovery"), refused);

    b.close();
    Files.delete(inTheWay);
    Cluster again = lab.start("a");
    Cluster both = lab.start("b");
    awaitWhole(again, both);
  }

  @Test
  void a_single_node_whose_log_is_damaged_ends_at_once_and_with_a_new_identity_founds_anew()
      throws Exception {
    Cluster a = lab.startAlone("a");
    done(a.operations().set("kept", "yes"));
    a.close();
    Path raft = ClusterFile.folder(lab.seat("a").data()).resolve("raft");
    Files.write(raft.resolve("entries.raft"), new byte[0]);
    StartFailure refused = Lab.refusedStart(lab.node("a", List.of()));
    assertEquals(ExitCode.DATA_FOLDER, refused.exitCode(), refused.toString());
    String told = String.valueOf(refused.getMessage());
    assertTrue(told.contains(raft + "/entries.raft: it ends with entry 0, and "), told);
    assertTrue(told.contains("appliance new-identity"), told);
    lab.renewed("a");
    assertEquals(Optional.empty(), lab.startAlone("a").setting("kept"));
  }

  @Test
  void what_is_carried_over_stays_where_the_disk_that_it_belongs_on_is_not_mounted()
      throws Exception {
    Path data = lab.seat("a").data();
    Path carried = data.resolve("cluster.recovery/cluster/carried");
    Files.createDirectories(carried.getParent());
    Files.createFile(carried);
    Files.createDirectories(ClusterFile.folder(data)); // where it would be
    String told = String.valueOf(
        assertThrows(IOException.class, () -> Recovery.finish(data)).getMessage());
    assertTrue(told.endsWith("is not mounted: mount it, and start this node again"), told);
    assertTrue(Files.exists(carried));
  }

  @Test
  void what_is_carried_over_is_whole_after_a_power_loss_between_the_moves() throws Exception {
    Cluster a = lab.start("a");
    awaitAgreement(1, a);
    done(a.operations().set("kept", "yes"));
    Path data = lab.seat("a").data();
    Situation last = a.situation();
    a.close();
    Recovery recovery = Recovery.of(ClusterFile.read(data).orElseThrow(), last, ACT);
    recovery.prepare(data);
    // As it is between the two moves.
    Path part = Files.createDirectories(data.resolve("cluster.recovery"));
    Files.move(ClusterFile.folder(data), ClusterFile.folder(part));

    Cluster recovered = lab.start("a");
    awaitAgreement(1, recovered);
    assertEquals(Optional.of("yes"), recovered.setting("kept"));
    String id = recovery.first().carried().cluster().orElseThrow().toString();
    assertEquals(id, told(recovered, "id"));
    assertTrue(Files.isDirectory(data.resolve("cluster.before-1000")), "the old log is kept");
  }
}
