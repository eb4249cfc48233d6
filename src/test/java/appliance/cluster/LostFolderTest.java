package appliance.cluster;

import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.MemberMark;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.testing.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Members that have lost what they knew of their cluster, and still have the rest of their data. */
final class LostFolderTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  record Loss(List<String> gone, String named) {
    @Override
    public String toString() {
      return String.join(" and ", gone);
    }
  }

  static Stream<Loss> losses() {
    return Stream.of(
        new Loss(List.of("cluster"), "cluster/membership is missing"),
        new Loss(List.of("cluster/membership"), "cluster/membership is missing"),
        new Loss(List.of("cluster/raft", "cluster/log.begun"), "cluster/log.begun is missing"),
        new Loss(List.of("cluster/raft"), "entries.raft: it and metadata.raft are empty"));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void the_only_one_founds_no_other_cluster_says_so_and_goes_on_with_what_is_put_back(Loss loss)
      throws Exception {
    Cluster a = lab.startAlone("a");
    done(a.operations().set("kept", "yes"));
    a.close();
    Path data = lab.seat("a").data();
    Path backup = lab.folder("backup");
    Folders.copy(data, backup);
    for (String gone : loss.gone()) {
      Folders.delete(data.resolve(gone));
    }
    for (int start = 1; start <= 2; start++) {
      StartFailure refused = Lab.refusedStart(lab.node("a", List.of()));
      assertEquals(ExitCode.DATA_FOLDER, refused.exitCode(), refused.toString());
      String text = refused.toString();
      assertTrue(text.contains(loss.named()), text);
      assertTrue(text.contains("appliance new-identity"), text);
    }
    Folders.copy(backup, data);
    assertEquals(Optional.of("yes"), lab.startAlone("a").setting("kept"));
  }

  @Test
  void one_of_three_does_not_come_back_as_one_that_has_confirmed_nothing() throws Exception {
    lab.seats("a", "b", "c");
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    c.close();
    Path data = lab.seat("c").data();
    Folders.delete(ClusterFile.folder(data));
    StartFailure refused = Lab.refusedStart(lab.node("c"));
    assertEquals(ExitCode.DATA_FOLDER, refused.exitCode(), refused.toString());
    String text = refused.toString();
    assertTrue(text.contains("a member of the cluster test " + told(a, "id")), text);
    assertTrue(text.contains("still there: identity, member-of"), text);
    assertTrue(a.views().get().quorum());
  }

  @Test
  void a_member_that_a_version_without_the_mark_has_left_gets_it_at_its_next_start()
      throws Exception {
    lab.startAlone("a").close();
    Path data = lab.seat("a").data();
    Optional<String> cluster = MemberMark.read(data);
    assertTrue(cluster.isPresent());
    Files.delete(MemberMark.path(data));
    Files.delete(ClusterFile.folder(data).resolve(MemberMark.LOG_BEGUN));
    lab.startAlone("a").close();
    assertEquals(cluster, MemberMark.read(data));

    Folders.delete(ClusterFile.folder(data));
    assertEquals(
        ExitCode.DATA_FOLDER, Lab.refusedStart(lab.node("a", List.of())).exitCode(), "it protects");
  }

  @Test
  void who_is_in_no_cluster_yet_leaves_no_mark_and_starts_as_often_as_it_is_ended()
      throws IOException {
    Path data = Files.createDirectories(lab.folder("new"));
    ClusterFile begun = ClusterFile.of("test", UUID.randomUUID(), 1);
    begun.write(data);
    MemberMark.put(data, begun);
    assertFalse(Files.exists(MemberMark.path(data)), "its log has not begun");
    Files.createFile(ClusterFile.folder(data).resolve(MemberMark.LOG_BEGUN));
    MemberMark.put(data, begun);
    assertEquals(Optional.of("test " + begun.cluster()), MemberMark.read(data));
    ClusterFile.delete(data);
    try (Stream<Path> left = Files.list(data)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
