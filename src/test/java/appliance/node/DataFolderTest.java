package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
