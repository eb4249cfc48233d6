package appliance.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run of {@code archive} that was killed has left behind. */
final class ArchiveFolderTest {

  @TempDir
  private Path temporary;

  /** As a run leaves it that is killed: nobody has its lock any more. */
  private Path left(String name) throws IOException {
    Path folder = temporary.resolve(name);
    Files.createDirectories(folder.resolve("data0"));
    Files.writeString(folder.resolve("lock"), "");
    return folder;
  }

  private static Process waiting(String argument) throws IOException {
    return new ProcessBuilder("sh", "-c", "sleep 600; exit 0", "x", argument).start();
  }

  @Test
  void it_goes_with_its_nodes_at_the_next_run() throws Exception {
    Path killed = left("appliance-archive1");
    Process node = waiting("--data=" + killed + "/data0");
    Process other = waiting("--data=" + killed + "2/data0");
    Process editor = waiting(killed + "/data0/node.log");
    try (ArchiveFolder run = ArchiveFolder.in(temporary)) {
      assertTrue(Files.isDirectory(run.path()));
      assertFalse(Files.exists(killed));
      assertTrue(node.waitFor(60, TimeUnit.SECONDS), "its node has ended");
      assertTrue(other.isAlive());
      assertTrue(editor.isAlive(), "whoever looks at what is left is no node");
    } finally {
      List.of(node, other, editor).forEach(Process::destroyForcibly);
    }
    try (var after = Files.list(temporary)) {
      assertTrue(after.toList().isEmpty(), "this run leaves nothing");
    }
  }

  @Test
  void a_run_beside_this_one_keeps_its_folder() throws Exception {
    try (ArchiveFolder first = ArchiveFolder.in(temporary);
        ArchiveFolder second = ArchiveFolder.in(temporary)) {
      assertTrue(Files.exists(first.path()) && Files.exists(second.path()));
    }
  }

  @Test
  void one_without_a_lock_goes_once_it_is_old_and_a_link_leads_nowhere() throws Exception {
    Path fresh = Files.createDirectory(temporary.resolve("appliance-archive1"));
    Path old = Files.createDirectory(temporary.resolve("appliance-archive2"));
    Path elsewhere = left("elsewhere");
    Files.createSymbolicLink(temporary.resolve("appliance-archive3"), elsewhere);
    Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
    ArchiveFolder.in(temporary).close();
    assertTrue(Files.exists(fresh) && Files.exists(elsewhere.resolve("lock")));
    assertFalse(Files.exists(old));
  }
}
