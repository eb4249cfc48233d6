package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks in the media folder that cannot be looked at. */
final class BrokenMountTest {

  @TempDir
  Path ground;

  @Test
  void one_that_cannot_be_looked_at_is_away_and_keeps_nothing_else_from_being_compared()
      throws Exception {
    String broken = "x".repeat(300); // no disk takes such a name: a look at it fails
    Mounts mounts = new Mounts(new Folder(ground), new HashMap<>(Map.of("mounts", broken)));
    assertTrue(mounts.look());
    assertTrue(mounts.problem().contains(broken));
    assertTrue(mounts.isAway(broken + "/a"));
    assertFalse(mounts.isAway("a"));
  }

  @Test
  void one_whose_server_is_gone_deletes_nothing_and_keeps_nothing_else_from_being_replicated()
      throws Exception {
    Path bound = Files.createDirectories(ground.resolve("bound"));
    Path mounted = Files.createDirectories(ground.resolve("n1/disk"));
    String bind = "mount --bind " + bound + " " + mounted;
    assumeTrue(done(bind), "only root may mount");
    try (Nodes nodes = new Nodes(ground, 2, Nodes.POLLING)) {
      nodes.get(0).write("disk/a", "a");
      nodes.get(0).write("b", "b");
      nodes.get(0).write("c", "c");
      nodes.awaitEqual();
      assertTrue(done("umount " + mounted));
      assumeTrue(done(dead(mounted)), "no FUSE here");
      Nodes.await(
          "it is noticed", () -> nodes.get(1).status("reason").toString().contains("disk"));
      Files.delete(nodes.get(1).file("b"));
      Nodes.await("deletes go on", () -> nodes.get(0).read("b").equals("(absent)"));
      restartAfterPowerLoss(nodes.get(1));
      nodes.get(1).write("d", "d");
      Nodes.await("it looks again", () -> nodes.get(0).read("d").equals("d"));
      Files.delete(nodes.get(1).file("c"));
      Nodes.await("so they do after it", () -> nodes.get(0).read("c").equals("(absent)"));
      assertEquals("a", nodes.get(0).read("disk/a"));
      assertTrue(done("umount " + mounted + " && " + bind));
      nodes.awaitEqual();
      assertEquals("a", nodes.get(1).read("disk/a"));
    } finally {
      done("umount -l " + mounted);
    }
  }

  /** A file system whose server is the shell that has mounted it. */
  private static String dead(Path mounted) {
    return "exec 7<>/dev/fuse && mount -i -t fuse"
        + " -o fd=7,rootmode=40000,user_id=0,group_id=0 dead "
        + mounted;
  }

  private static void restartAfterPowerLoss(Nodes.Node node) throws Exception {
    node.stop();
    node.machineRestarted();
    node.restart();
  }

  private static boolean done(String command) throws Exception {
    return new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor() == 0;
  }
}
