package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.refusal;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.mastery.Situation;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.OperatorAct;
import appliance.runtime.Force;
import appliance.runtime.Mounts;
import appliance.testing.Await;
import appliance.testing.lab.Disks;
import appliance.testing.lab.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node keeps of its cluster, or the log alone, has a disk of its own, which cannot be renamed. */
final class ClusterMoveTest {

  private static final OperatorAct ACT = new OperatorAct(1000, "recovered by force", "on a");

  private static final ClusterFile OWN = ClusterFile.of("test", UUID.randomUUID(), 1);

  @RegisterExtension
  final Lab lab = new Lab("test");

  private Optional<Disks> disk = Optional.empty();
  private Path data = Path.of("");

  @BeforeEach
  void disks_can_be_made() {
    Assumptions.assumeTrue(Hosts.isRoot(), "skipped: not root: no disk can be made");
    data = lab.seat("a").data();
  }

  @AfterEach
  void unmount() {
    disk.ifPresent(Disks::close);
  }

  private void mount(String at) throws IOException {
    Path place = data.resolve(at);
    Files.createDirectories(place.getParent());
    disk = Optional.of(new Disks(List.of(place), 16));
    assertTrue(Mounts.isAtOrBelow(ClusterFile.folder(data)));
  }

  /** Its first node, after a cluster with a setting has been agreed on; it has ended. */
  private Recovery clusterToRecover() throws IOException {
    Cluster a = lab.startAlone("a");
    done(a.operations().set("kept", "yes"));
    Situation last = a.situation();
    a.close();
    return Recovery.of(ClusterFile.read(data).orElseThrow(), last, ACT);
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Ends as a kill does, once so much is on disk. */
  private static Force killedAfter(int forced) {
    int[] left = {forced};
    return path -> {
      if (left[0]-- == 0) {
        throw new Killed();
      }
      Force.DISK.of(path);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "cluster/raft"})
  void a_recovery_puts_the_new_cluster_in_the_place_of_the_old_one(String at) throws IOException {
    mount(at);
    Recovery recovery = clusterToRecover();
    recovery.prepare(data);
    Path before = data.resolve("cluster.before-1000");
    assertTrue(Files.size(before.resolve("raft/entries.raft")) > 0, "the old log is kept");
    assertTrue(Files.exists(before.resolve("membership")));

    Cluster again = lab.start("a");
    awaitAgreement(1, again);
    assertEquals(Optional.of("yes"), again.setting("kept"));
    assertEquals(recovery.first().carried().cluster().orElseThrow().toString(), told(again, "id"));
    assertTrue(Files.notExists(data.resolve("cluster.recovery")));
    assertTrue(Mounts.isAtOrBelow(data.resolve(at)), "the log is where it was");
    again.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "cluster/raft"})
  void a_kill_at_any_moment_of_a_recovery_leaves_the_old_cluster_or_the_new_one(String at)
      throws IOException {
    mount(at);
    Recovery recovery = clusterToRecover();
    Path saved = data.resolve("saved");
    new ClusterMove(Force.DISK).move(ClusterFile.folder(data), saved);
    UUID fresh = recovery.first().carried().cluster().orElseThrow();
    boolean killed = true;
    boolean renewed = false;
    for (int forced = 0; killed; forced++) {
      new ClusterMove(Force.DISK).move(copy(saved), ClusterFile.folder(data));
      killed = isKilled(recovery, killedAfter(forced));
      Recovery.finish(data);
      ClusterFile now = ClusterFile.read(data).orElseThrow();
      boolean isNew = now.cluster().equals(fresh);
      assertTrue(isNew || !renewed, "once it is the new one it is that");
      assertEquals(isNew, Recovery.carries(data), "after " + forced);
      assertEquals(!isNew, Files.exists(ClusterFile.log(data).resolve("entries.raft")));
      assertTrue(Files.notExists(data.resolve("cluster.recovery")));
      assertNothingHalf();
      renewed = isNew;
    }
    assertTrue(renewed);
  }

  private boolean isKilled(Recovery recovery, Force force) throws IOException {
    return isKilled(() -> recovery.prepare(data, force));
  }

  private void assertNothingHalf() {
    Path before = data.resolve("cluster.before-1000");
    assertTrue(Files.notExists(before) || ClusterMove.isWhole(before), "half a copy is left");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "cluster/raft"})
  void a_recovery_that_finds_no_room_half_way_leaves_the_old_cluster_and_no_part_of_a_copy(
      String at) throws IOException {
    mount(at);
    Recovery recovery = clusterToRecover();
    Path log = ClusterFile.log(data);
    Force full = path -> {
      if (path.endsWith("cluster.before-1000/raft/entries.raft")) {
        throw new IOException("No space left on device");
      }
      Force.DISK.of(path);
    };
    assertThrows(IOException.class, () -> recovery.prepare(data, full));
    assertTrue(Files.notExists(data.resolve("cluster.before-1000")), "half a copy is left");
    Files.createFile(log.resolve(ClusterFile.START_PROBE)); // as a start does for a moment
    Recovery.finish(data);
    assertEquals(recovery.old().cluster(), ClusterFile.read(data).orElseThrow().cluster());
    recovery.prepare(data);
    Path kept = data.resolve("cluster.before-1000/raft");
    assertTrue(Files.exists(kept.resolve("entries.raft")));
    assertTrue(Files.notExists(kept.resolve(ClusterFile.START_PROBE)));
  }

  @Test
  void a_recovery_without_room_for_what_is_kept_is_refused_with_what_it_needs_and_changes_nothing()
      throws Exception {
    Path own = lab.seat("b").data();
    disk = Optional.of(new Disks(List.of(own), 16));
    new Disks(List.of(ClusterFile.folder(own)), 16); // goes with the one around it
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    a.close();
    Await.until("no majority", () -> !b.views().get().quorum());
    Path large = ClusterFile.log(own).resolve("large");
    Files.write(large, new byte[15 << 20]);
    String refused = refusal(b.recover(""));
    assertTrue(refused.contains(" KB are needed on the disk of " + own + ", and "), refused);
    assertTrue(refused.endsWith("Free space there, and recover again"), refused);
    try (Stream<Path> left = Files.list(own)) {
      assertEquals(
          List.of(), left.filter(p -> p.toString().contains("cluster.")).toList());
    }
    awaitWhole(lab.start("a"), b);
    b.close(); // before its disk is gone
  }

  private Path copy(Path folder) throws IOException {
    Path copy = data.resolve("copy");
    Files.createDirectories(copy.resolve("raft"));
    for (String file : List.of("membership", "log.begun", "raft/entries.raft")) {
      Files.copy(folder.resolve(file), copy.resolve(file));
    }
    return copy;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "cluster/raft"})
  void a_kill_at_any_moment_of_giving_a_cluster_up_leaves_it_in_its_place_or_aside(String at)
      throws IOException {
    mount(at);
    GivenUp whole = new GivenUp(data);
    boolean killed = true;
    for (int forced = 0; killed; forced++) {
      founded();
      killed = isKilled(new GivenUp(data, killedAfter(forced))::putAside);
      whole.finish();
      if (whole.file().isPresent()) {
        assertEquals(Optional.empty(), ClusterFile.read(data));
        whole.restore();
      }
      assertInPlace();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "cluster/raft"})
  void a_kill_at_any_moment_of_its_way_back_leaves_it_aside_or_in_its_place(String at)
      throws IOException {
    mount(at);
    GivenUp whole = new GivenUp(data);
    boolean killed = true;
    for (int forced = 0; killed; forced++) {
      founded();
      whole.putAside();
      ClusterFile.of("test", UUID.randomUUID(), 2).startedAfter(7).write(data);
      killed = isKilled(new GivenUp(data, killedAfter(forced))::restore);
      whole.finish();
      if (whole.file().isPresent()) {
        whole.restore();
      }
      assertEquals(7, ClusterFile.read(data).orElseThrow().incarnation());
      assertInPlace();
    }
  }

  private void founded() throws IOException {
    OWN.write(data);
    Files.createDirectories(ClusterFile.log(data));
    Files.writeString(ClusterFile.log(data).resolve("entries.raft"), "own");
  }

  private void assertInPlace() throws IOException {
    assertEquals(OWN.cluster(), ClusterFile.read(data).orElseThrow().cluster());
    assertEquals("own", Files.readString(ClusterFile.log(data).resolve("entries.raft")));
    assertEquals(Optional.empty(), new GivenUp(data).file());
  }

  private static boolean isKilled(Session.Change change) throws IOException {
    try {
      change.make();
      return false;
    } catch (Killed e) {
      return true;
    }
  }
}
