package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import appliance.testing.Await;
import appliance.testing.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose media folder is a disk of two megabytes. Only root may mount one. */
final class FullDiskTest {

  @TempDir
  Path ground;

  private Path disk;

  @BeforeEach
  void mount_a_small_disk() throws Exception {
    disk = Files.createDirectory(ground.resolve("n1"));
    Finished mounted = run("mount", "-t", "tmpfs", "-o", "size=2m", "media", disk.toString());
    assumeTrue(mounted.exitCode() == 0, mounted.output());
  }

  @AfterEach
  void unmount_it() {
    run("umount", "-l", disk.toString());
  }

  private Finished run(String... command) {
    return Finished.of(List.of(command), Map.of(), ground.resolve("run"));
  }

  @Test
  void a_full_disk_is_named_keeps_what_it_has_and_catches_up_once_there_is_space()
      throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("small", "here");
      nodes.awaitEqual();
      Files.write(nodes.get(0).file("large"), new byte[3 << 20]);
      Await.until(
          "the reason names the disk",
          () -> String.valueOf(nodes.get(1).status("failedReason")).contains("disk"));
      assertFalse(Files.exists(nodes.get(1).file("large")), "half a file is no file");
      assertEquals("here", nodes.get(1).read("small"));
      assertTrue(nodes.get(1).number("pending") > 0);

      nodes.get(0).write("tiny", "still arrives");
      Await.until("tiny arrives", () -> Files.exists(nodes.get(1).file("tiny")));

      assertEquals(0, run("mount", "-o", "remount,size=16m", disk.toString()).exitCode());
      nodes.awaitEqual();
      assertEquals(3 << 20, Files.size(nodes.get(1).file("large")));
    }
  }
}
