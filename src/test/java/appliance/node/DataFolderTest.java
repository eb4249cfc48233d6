package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import appliance.testing.lab.Disks;
import appliance.testing.lab.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {

  @TempDir
  private Path folder = Path.of("");

  @Test
  void an_identity_is_made_once_and_kept() throws IOException {
    NodeId first;
    try (DataFolder data = DataFolder.open(folder.resolve("a/b"))) {
      first = data.id();
    }
    try (DataFolder data = DataFolder.open(folder.resolve("a/b"))) {
      assertEquals(first, data.id());
    }
  }

  @Test
  void a_new_identity_drops_who_the_node_was_and_keeps_what_it_holds() throws IOException {
    NodeId first;
    try (DataFolder data = DataFolder.open(folder)) {
      first = data.id();
    }
    for (String file : List.of(
        "cluster/membership",
        "cluster/raft/metadata.raft",
        "member-of",
        "admin.token",
        "tls/node.key",
        "replica/site.mv.db",
        "media/index.mv",
        "appliance.jsa",
        "secret")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), "x");
    }
    try (DataFolder data = DataFolder.open(folder, true)) {
      assertNotEquals(first, data.id());
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(
          Set.of("lock", "node.id", "replica", "media", "secret", "appliance.jsa"),
          left.map(file -> file.getFileName().toString()).collect(Collectors.toSet()));
    }
    assertTrue(Files.exists(folder.resolve("replica/site.mv.db")));
  }

  @Test
  void a_log_with_a_disk_of_its_own_is_gone_with_the_identity_and_the_disk_stays()
      throws IOException {
    Assumptions.assumeTrue(Hosts.isRoot(), "skipped: not root: no disk can be made");
    NodeId first;
    try (DataFolder data = DataFolder.open(folder)) {
      first = data.id();
    }
    Path log = folder.resolve("cluster");
    Disks disk = new Disks(List.of(log), 1);
    try {
      Files.createDirectories(log.resolve("raft"));
      Files.writeString(log.resolve("raft/metadata.raft"), "x");
      Files.createDirectory(log.resolve("lost+found"));
      try (DataFolder data = DataFolder.open(folder, true)) {
        assertNotEquals(first, data.id());
      }
      try (Stream<Path> left = Files.list(log)) {
        assertEquals(List.of(log.resolve("lost+found")), left.toList());
      }
    } finally {
      disk.close();
    }
  }

  @Test
  void an_identity_is_dropped_while_no_node_runs_and_no_file_is_made() throws IOException {
    NodeId first;
    try (DataFolder data = DataFolder.open(folder)) {
      first = data.id();
      StartFailure runs =
          assertThrows(StartFailure.class, () -> DataFolder.dropIdentity(data.path()));
      assertTrue(runs.toString().contains("stop it first"), runs.toString());
    }
    DataFolder.dropIdentity(folder);
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("lock")), left.toList());
    }
    try (DataFolder data = DataFolder.open(folder)) {
      assertNotEquals(first, data.id());
    }
    Path empty = Files.createDirectory(folder.resolve("empty"));
    StartFailure none = assertThrows(StartFailure.class, () -> DataFolder.dropIdentity(empty));
    assertTrue(none.toString().contains("no node's data"), none.toString());
    assertEquals(0, empty.toFile().list().length);
  }

  @Test
  void a_members_identity_that_is_missing_is_no_reason_to_make_another() throws IOException {
    for (String member : List.of("cluster/membership", "member-of")) {
      Path data = folder.resolve(member.replace('/', '-'));
      DataFolder.open(data).close();
      Files.createDirectories(data.resolve(member).getParent());
      Files.writeString(data.resolve(member), "x");
      Files.delete(data.resolve("node.id"));
      StartFailure refused = assertThrows(StartFailure.class, () -> DataFolder.open(data));
      assertEquals(ExitCode.DATA_FOLDER, refused.exitCode());
      String told = refused.toString();
      assertTrue(told.contains("node.id is missing") && told.contains("new-identity"), told);
      DataFolder.dropIdentity(data);
      DataFolder.open(data).close();
    }
  }

  @Test
  void only_its_owner_may_look_into_it() throws IOException {
    try (DataFolder data = DataFolder.open(folder.resolve("data"))) {
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())));
    }
  }

  @Test
  void two_nodes_never_share_one() throws IOException {
    try (DataFolder data = DataFolder.open(folder)) {
      StartFailure failure = assertThrows(StartFailure.class, () -> DataFolder.open(data.path()));
      assertEquals(ExitCode.DATA_FOLDER, failure.exitCode());
    }
  }

  @Test
  void a_broken_identity_is_refused_and_left_as_it_is() throws IOException {
    Path file = Files.writeString(folder.resolve("node.id"), "nonsense");
    StartFailure failure = assertThrows(StartFailure.class, () -> DataFolder.open(folder));
    assertEquals(ExitCode.DATA_FOLDER, failure.exitCode());
    assertEquals("nonsense", Files.readString(file));
  }

  @Test
  void a_path_that_cannot_be_a_folder_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    StartFailure failure =
        assertThrows(StartFailure.class, () -> DataFolder.open(file.resolve("data")));
    assertEquals(ExitCode.DATA_FOLDER, failure.exitCode());
  }
}
