package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.mastery.Situation;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.OperatorAct;
import appliance.runtime.Force;
import appliance.runtime.Mounts;
import appliance.testing.lab.Disks;
import appliance.testing.lab.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
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

  private static final class Killed extends IOException {
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
      renewed = isNew;
    }
    assertTrue(renewed);
  }

  private boolean isKilled(Recovery recovery, Force force) throws IOException {
    try {
      recovery.prepare(data, force);
      return false;
    } catch (Killed e) {
      return true;
    }
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
