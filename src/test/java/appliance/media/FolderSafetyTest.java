package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must never harm: a folder that went, links, strange files. */
final class FolderSafetyTest {

  @TempDir
  Path ground;

  @Test
  void an_unmounted_folder_deletes_nothing_elsewhere_and_is_taken_up_again() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("d/a", "a");
      nodes.get(1).write("b", "b");
      nodes.awaitEqual();
      Path away = ground.resolve("away");
      Files.move(nodes.get(1).folder, away);
      Files.createDirectory(nodes.get(1).folder); // the empty mount point
      Nodes.await(
          "it is noticed", () -> nodes.get(1).status("reason").toString().contains("mount"));
      nodes.get(0).write("new", "new");
      Nodes.await("it is wanted", () -> nodes.get(1).number("pending") > 0);
      assertEquals("a", nodes.get(0).read("d/a"));
      assertEquals(0, nodes.get(1).content().size());
      Nodes.deleteTree(nodes.get(1).folder);
      Files.move(away, nodes.get(1).folder);
      nodes.awaitEqual();
      assertEquals(3, nodes.get(1).content().size());
      nodes.get(1).write("d/after", "after");
      nodes.awaitEqual();
    }
  }

  @Test
  void a_folder_missing_at_the_start_deletes_nothing() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("a", "a");
      nodes.awaitEqual();
      nodes.get(1).stop();
      Path away = ground.resolve("away");
      Files.move(nodes.get(1).folder, away);
      nodes.get(1).restart();
      Nodes.await(
          "it is noticed", () -> nodes.get(1).status("reason").toString().contains("mount"));
      assertEquals("a", nodes.get(0).read("a"));
      Files.move(away, nodes.get(1).folder);
      nodes.awaitEqual();
    }
  }

  @Test
  void an_empty_marker_has_an_emptied_folder_filled_again() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("d/a", "a");
      nodes.awaitEqual();
      nodes.get(1).stop();
      Nodes.deleteTree(nodes.get(1).folder);
      Files.createDirectory(nodes.get(1).folder);
      Files.createFile(nodes.get(1).file(Marker.NAME));
      nodes.get(1).restart();
      nodes.awaitEqual();
      assertEquals("a", nodes.get(1).read("d/a"));
      assertEquals("a", nodes.get(0).read("d/a"));
    }
  }

  @Test
  void a_folder_emptied_while_the_node_was_off_is_filled_again() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      for (int i = 0; i < 150; i++) {
        nodes.get(0).write("d/" + i, "content " + i);
      }
      nodes.awaitEqual();
      nodes.get(1).stop();
      Nodes.deleteTree(nodes.get(1).file("d"));
      nodes.get(1).restart();
      nodes.awaitEqual();
      assertEquals(150, nodes.get(0).content().size());
      assertEquals(150, nodes.get(1).content().size());
    }
  }

  @Test
  void an_unmounted_disk_below_the_folder_deletes_nothing_elsewhere_and_is_taken_up_again()
      throws Exception {
    Path disk = Files.createDirectories(ground.resolve("disk"));
    Path mounted = Files.createDirectories(ground.resolve("n1/2024/disk"));
    assumeTrue(done("mount", "-t", "tmpfs", "tmpfs", disk.toString()), "only root may mount");
    try {
      assertTrue(done("mount", "--bind", disk.toString(), mounted.toString()));
      try (Nodes nodes = new Nodes(ground, 2, Nodes.POLLING)) {
        nodes.get(0).write("2024/disk/a", "a");
        nodes.get(1).write("2024/disk/d/b", "b");
        nodes.get(1).write("beside", "beside");
        nodes.awaitEqual();
        assertTrue(done("umount", mounted.toString()));
        Nodes.await(
            "it is noticed", () -> nodes.get(1).status("reason").toString().contains("2024/disk"));
        nodes.get(0).write("2024/disk/new", "new");
        nodes.get(0).write("new", "new");
        Nodes.await("other files come", () -> nodes.get(1).read("new").equals("new"));
        nodes.get(1).stop();
        nodes.get(1).restart();
        Nodes.await("it is wanted", () -> nodes.get(1).number("pending") > 0);
        assertEquals("a", nodes.get(0).read("2024/disk/a"));
        assertEquals("b", nodes.get(0).read("2024/disk/d/b"));
        assertEquals("(absent)", nodes.get(1).read("2024/disk/new"));
        assertTrue(done("mount", "--bind", disk.toString(), mounted.toString()));
        nodes.awaitEqual();
        assertEquals(5, nodes.get(1).content().size());
      }
    } finally {
      done("umount", "-l", mounted.toString());
      done("umount", "-l", disk.toString());
    }
  }

  @Test
  void an_empty_disk_in_the_place_of_another_one_is_filled_from_the_other_nodes() throws Exception {
    Path mounted = Files.createDirectories(ground.resolve("n1/disk"));
    assumeTrue(done("mount", "-t", "tmpfs", "tmpfs", mounted.toString()), "only root may mount");
    try (Nodes nodes = new Nodes(ground, 2, Nodes.POLLING)) {
      nodes.get(0).write("disk/a", "a");
      nodes.get(1).write("disk/d/b", "b");
      nodes.awaitEqual();
      assertTrue(done("umount", mounted.toString()));
      Nodes.await(
          "it is noticed", () -> nodes.get(1).status("reason").toString().contains("disk"));
      assertTrue(done("mount", "-t", "tmpfs", "tmpfs", mounted.toString()));
      Nodes.await("all come", () -> nodes.get(1).content().size() == 2);
      assertEquals(2, nodes.get(0).content().size());
      Files.delete(nodes.get(1).file("disk/a"));
      Nodes.await("deletes go on", () -> nodes.get(0).read("disk/a").equals("(absent)"));
    } finally {
      done("umount", "-l", mounted.toString());
    }
  }

  @Test
  void another_disk_that_was_mounted_while_the_node_was_off_deletes_and_brings_back_nothing()
      throws Exception {
    Path mounted = Files.createDirectories(ground.resolve("n1/disk"));
    assumeTrue(done("mount", "-t", "tmpfs", "tmpfs", mounted.toString()), "only root may mount");
    try (Nodes nodes = new Nodes(ground, 2, Nodes.POLLING)) {
      nodes.get(0).write("disk/a", "a");
      nodes.get(1).write("disk/d/b", "b");
      nodes.get(1).write("disk/deleted", "deleted");
      nodes.awaitEqual();
      Files.delete(nodes.get(0).file("disk/deleted"));
      nodes.awaitEqual();
      nodes.get(1).stop();
      assertTrue(done("umount", mounted.toString()));
      assertTrue(done("mount", "-t", "tmpfs", "tmpfs", mounted.toString()));
      nodes.get(1).write("disk/a", "of long ago");
      Files.setLastModifiedTime(nodes.get(1).file("disk/a"), FileTime.fromMillis(1_000));
      nodes.get(1).write("disk/deleted", "deleted");
      nodes.get(1).restart();
      nodes.awaitEqual();
      assertEquals("a", nodes.get(0).read("disk/a"));
      assertEquals("b", nodes.get(0).read("disk/d/b"));
      assertEquals("(absent)", nodes.get(0).read("disk/deleted"));
      Files.delete(nodes.get(1).file("disk/a"));
      Nodes.await("deletes go on", () -> nodes.get(0).read("disk/a").equals("(absent)"));
    } finally {
      done("umount", "-l", mounted.toString());
    }
  }

  @Test
  void what_was_bound_from_the_same_disk_and_is_not_now_deletes_nothing_elsewhere()
      throws Exception {
    Path bound = Files.createDirectories(ground.resolve("bound"));
    Path mounted = Files.createDirectories(ground.resolve("n1/a disk"));
    assumeTrue(
        done("mount", "--bind", bound.toString(), mounted.toString()), "only root may mount");
    try (Nodes nodes = new Nodes(ground, 2, Nodes.POLLING)) {
      nodes.get(0).write("a disk/a", "a");
      nodes.awaitEqual();
      nodes.get(1).stop();
      assertTrue(done("umount", mounted.toString()));
      nodes.get(1).restart();
      Nodes.await(
          "it is noticed", () -> nodes.get(1).status("reason").toString().contains("a disk"));
      nodes.get(1).write("b", "b");
      Nodes.await("others go on", () -> nodes.get(0).read("b").equals("b"));
      assertEquals("a", nodes.get(0).read("a disk/a"));
      assertTrue(done("mount", "--bind", bound.toString(), mounted.toString()));
      nodes.awaitEqual();
      assertEquals("a", nodes.get(1).read("a disk/a"));
    } finally {
      done("umount", "-l", mounted.toString());
    }
  }

  @Test
  void a_folder_that_is_to_do_without_its_disk_takes_part_again() throws Exception {
    Path mounted = Files.createDirectories(ground.resolve("n1/disk"));
    assumeTrue(done("mount", "-t", "tmpfs", "tmpfs", mounted.toString()), "only root may mount");
    try (Nodes nodes = new Nodes(ground, 2, Nodes.POLLING)) {
      nodes.get(0).write("disk/a", "a");
      nodes.get(1).write("disk/d/b", "b");
      nodes.awaitEqual();
      assertTrue(done("umount", mounted.toString()));
      Nodes.await(
          "it is noticed", () -> nodes.get(1).status("reason").toString().contains(Marker.NAME));
      Files.createFile(mounted.resolve(Marker.NAME));
      Nodes.await("one comes", () -> nodes.get(1).read("disk/a").equals("a"));
      Nodes.await("all come", () -> nodes.get(1).read("disk/d/b").equals("b"));
      assertEquals(2, nodes.get(0).content().size());
      assertEquals("", nodes.get(1).status("reason"));
    } finally {
      done("umount", "-l", mounted.toString());
    }
  }

  @Test
  void a_folder_that_is_a_link_to_another_disk_has_no_disks_in_it() throws Exception {
    Path disk = Files.createDirectories(ground.resolve("disk"));
    assumeTrue(done("mount", "-t", "tmpfs", "tmpfs", disk.toString()), "only root may mount");
    try {
      Files.createDirectory(disk.resolve("d"));
      Path link = Files.createSymbolicLink(ground.resolve("media"), disk);
      assertFalse(new Folder(link).isMount("d"));
    } finally {
      done("umount", "-l", disk.toString());
    }
  }

  @Test
  void what_is_left_over_and_cannot_be_deleted_keeps_no_node_from_taking_part() throws Exception {
    Files.createDirectories(ground.resolve("n1/" + Folder.STAGING + "/left/over"));
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("a", "a");
      Nodes.await("it comes", () -> nodes.get(1).read("a").equals("a"));
      Nodes.await("it takes part", () -> nodes.get(1).media().caughtUp());
    }
  }

  @Test
  void a_closed_folder_keeps_no_node_from_taking_part_after_a_power_loss() throws Exception {
    assumeFalse(System.getProperty("user.name").equals("root"), "root may read everything");
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("closed/a", "a");
      nodes.awaitEqual();
      nodes.get(1).stop();
      nodes.get(1).machineRestarted();
      Files.setPosixFilePermissions(nodes.get(1).file("closed"), Set.of());
      nodes.get(1).restart();
      nodes.get(0).write("b", "b");
      Nodes.await("it comes", () -> nodes.get(1).read("b").equals("b"));
      Nodes.await("it takes part", () -> nodes.get(1).media().caughtUp());
      assertEquals("a", nodes.get(0).read("closed/a"));
    } finally {
      Files.setPosixFilePermissions(
          ground.resolve("n1/closed"), PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static boolean done(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  @Test
  void a_folder_that_may_not_be_read_keeps_none_of_the_others_from_being_replicated()
      throws Exception {
    assumeFalse(System.getProperty("user.name").equals("root"), "root may read everything");
    Path closed = Files.createDirectories(ground.resolve("n1/lost+found"));
    Files.setPosixFilePermissions(closed, Set.of());
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("a", "a");
      nodes.get(1).write("b", "b");
      Nodes.await("one comes", () -> nodes.get(1).read("a").equals("a"));
      Nodes.await("the other goes", () -> nodes.get(0).read("b").equals("b"));
      Nodes.await("it takes part", () -> nodes.get(1).media().caughtUp());
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void a_file_that_a_link_keeps_out_keeps_no_node_from_taking_part() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      Path outside = Files.createDirectory(ground.resolve("outside"));
      Files.createSymbolicLink(nodes.get(1).file("out"), outside);
      nodes.get(0).write("out/planted", "planted");
      Nodes.await("it fails", () -> nodes.get(1).number("failures") > 0);
      nodes.get(1).stop();
      nodes.get(1).restart();
      Nodes.await("it takes part", () -> nodes.get(1).media().caughtUp());
      assertEquals(1, nodes.get(1).number("pending"));
    }
  }

  @Test
  void links_and_pipes_are_left_alone_and_never_followed() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      Path outside = Files.createDirectory(ground.resolve("outside"));
      Files.writeString(outside.resolve("secret"), "secret");
      Files.createSymbolicLink(nodes.get(0).file("link"), outside.resolve("secret"));
      Files.createSymbolicLink(nodes.get(1).file("out"), outside);
      new ProcessBuilder("mkfifo", nodes.get(0).file("pipe").toString()).start().waitFor();
      nodes.get(0).write("out/planted", "planted");
      nodes.get(0).write("plain", "plain");
      Nodes.await("the file arrives", () -> nodes.get(1).read("plain").equals("plain"));
      Nodes.await("it fails", () -> nodes.get(1).number("failures") > 0);
      assertFalse(Files.exists(outside.resolve("planted")));
      assertFalse(Files.exists(nodes.get(1).file("link"), LinkOption.NOFOLLOW_LINKS));
      assertEquals("out/planted", nodes.get(1).status("failedPath"));
      assertTrue(nodes.get(1).status("failedReason").toString().contains("link"));
      assertFalse(nodes.get(1).media().fetch("out/secret"));
    }
  }

  @Test
  void what_arrives_belongs_to_whom_the_media_folder_belongs_to() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"));
    try (Nodes nodes = new Nodes(ground, 2)) {
      Files.setAttribute(nodes.get(1).folder, "unix:uid", 12_345);
      nodes.get(0).write("d/a", "a");
      nodes.awaitEqual();
      assertEquals(12_345, Files.getAttribute(nodes.get(1).file("d"), "unix:uid"));
      assertEquals(12_345, Files.getAttribute(nodes.get(1).file("d/a"), "unix:uid"));
    }
  }

  @Test
  void a_folder_put_back_between_two_looks_is_watched_again() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("a", "a");
      nodes.awaitEqual();
      Path copy = Files.createDirectory(ground.resolve("copy"));
      Nodes.deleteTree(copy);
      Nodes.copy(nodes.get(1).folder, copy);
      Files.move(nodes.get(1).folder, ground.resolve("old"));
      Files.move(copy, nodes.get(1).folder);
      nodes.awaitEqual();
      nodes.get(1).write("b", "b");
      Nodes.await("it is seen", () -> nodes.get(0).read("b").equals("b"));
      assertEquals("a", nodes.get(0).read("a"));
    }
  }

  @Test
  void names_with_spaces_and_beyond_ascii_are_replicated() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("Größe & Maß/日本 %41+.jpg", "name");
      nodes.get(0).write("-rf *", "name");
      nodes.awaitEqual();
      assertEquals("name", nodes.get(1).read("Größe & Maß/日本 %41+.jpg"));
    }
  }
}
