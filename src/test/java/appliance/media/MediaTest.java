package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user of the folder sees every day. */
final class MediaTest {

  @TempDir
  Path ground;

  @Test
  void a_file_written_on_any_node_appears_on_all_others() throws Exception {
    try (Nodes nodes = new Nodes(ground, 3)) {
      nodes.get(0).write("a.txt", "from 0");
      nodes.get(1).write("deep/in/folders/b.txt", "from 1");
      nodes.get(2).write("deep/c.txt", "");
      nodes.awaitEqual();
      assertEquals(3, nodes.get(0).content().size());
      assertEquals("from 1", nodes.get(2).read("deep/in/folders/b.txt"));
      assertEquals(3, nodes.get(1).number("files"));
      assertEquals(12, nodes.get(1).number("bytes"));
    }
  }

  @Test
  void a_large_file_arrives_with_its_time_and_permissions_but_never_setuid() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      byte[] content = new byte[5_000_000];
      new Random(1).nextBytes(content);
      Path outside = ground.resolve("outside");
      Files.write(outside, content);
      Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rwxr-----"));
      FileTime mtime = FileTime.fromMillis(1_500_000_000_000L);
      Files.setLastModifiedTime(outside, mtime);
      Files.move(outside, nodes.get(0).file("big.bin"));
      nodes.awaitEqual();
      Path there = nodes.get(1).file("big.bin");
      assertEquals(mtime, Files.getLastModifiedTime(there));
      assertEquals(
          "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(there)));
    }
  }

  @Test
  void a_file_that_only_its_owner_may_read_stays_so_on_every_node() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      for (int bytes : new int[] {10, 3_000_000}) { // sent with its announcement, and fetched
        Path outside = Files.write(ground.resolve("outside"), new byte[bytes]);
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString("rw-------"));
        Files.move(outside, nodes.get(0).file("private" + bytes));
        nodes.awaitEqual();
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(nodes.get(1).file("private" + bytes))));
      }
    }
  }

  @Test
  void overwrites_and_deletes_follow_and_empty_folders_go() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("album/a.txt", "one");
      nodes.awaitEqual();
      nodes.get(1).write("album/a.txt", "two");
      nodes.awaitEqual();
      assertEquals("two", nodes.get(0).read("album/a.txt"));
      Files.delete(nodes.get(0).file("album/a.txt"));
      nodes.awaitEqual();
      assertFalse(Files.exists(nodes.get(1).file("album")));
      assertEquals(0, nodes.get(1).number("files"));
    }
  }

  @Test
  void two_thousand_files_in_new_nested_folders_all_arrive() throws Exception {
    try (Nodes nodes = new Nodes(ground, 3)) {
      for (int i = 0; i < 2_000; i++) {
        nodes.get(0).write("new/" + i % 20 + "/" + i % 7 + "/f" + i, "content of " + i);
      }
      nodes.awaitEqual();
      assertEquals(2_000, nodes.get(2).content().size());
      Nodes.deleteTree(nodes.get(0).file("new"));
      nodes.awaitEqual();
      assertFalse(Files.exists(nodes.get(2).file("new")));
    }
  }

  @Test
  void a_renamed_file_or_folder_is_renamed_elsewhere_without_being_sent_again() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      byte[] content = new byte[3_000_000];
      Files.write(nodes.get(0).file("big.bin"), content);
      for (int i = 0; i < 50; i++) {
        byte[] part = Arrays.copyOf(content, 100_000);
        part[0] = (byte) (i + 1);
        Files.createDirectories(nodes.get(0).file("folder/sub"));
        Files.write(nodes.get(0).file("folder/sub/" + i), part);
      }
      nodes.awaitEqual();
      long received = nodes.get(1).number("receivedBytes");
      Files.createDirectories(nodes.get(0).file("new"));
      Files.move(nodes.get(0).file("big.bin"), nodes.get(0).file("new/renamed.bin"));
      Files.move(nodes.get(0).file("folder"), nodes.get(0).file("other"));
      nodes.awaitEqual();
      assertEquals(51, nodes.get(1).content().size());
      assertTrue(Files.exists(nodes.get(1).file("other/sub/7")));
      assertEquals(received, nodes.get(1).number("receivedBytes"));
    }
  }

  @Test
  void a_rename_storm_ends_in_equality() throws Exception {
    try (Nodes nodes = new Nodes(ground, 3)) {
      nodes.get(0).write("f", "the file");
      nodes.get(0).write("d0/g", "the other");
      for (int i = 0; i < 300; i++) {
        Files.move(nodes.get(0).file(i == 0 ? "f" : "f" + (i - 1)), nodes.get(0).file("f" + i));
        Files.move(nodes.get(0).file("d" + i), nodes.get(0).file("d" + (i + 1)));
      }
      nodes.awaitEqual();
      assertEquals("the file", nodes.get(1).read("f299"));
      assertEquals("the other", nodes.get(2).read("d300/g"));
      assertEquals(2, nodes.get(1).content().size());
    }
  }

  @Test
  void a_file_is_announced_when_its_writer_closes_it_and_not_before() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      try (var out = Files.newOutputStream(nodes.get(0).file("slow"))) {
        out.write("first half, ".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Thread.sleep(700); // time enough to announce it, were it to be
        nodes.get(0).write("later", "written in one go");
        Nodes.await("what came later is there", () -> Files.exists(nodes.get(1).file("later")));
        assertFalse(Files.exists(nodes.get(1).file("slow")));
        out.write("second half".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      nodes.awaitEqual();
      assertEquals("first half, second half", nodes.get(1).read("slow"));
    }
  }

  @Test
  void an_edit_right_after_a_file_arrived_is_seen() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      for (int i = 0; i < 30; i++) {
        String path = "f" + i;
        nodes.get(0).write(path, "abc");
        Nodes.await("it arrives", () -> Files.exists(nodes.get(1).file(path)));
        Files.writeString(nodes.get(1).file(path), "xyz", StandardOpenOption.WRITE);
      }
      nodes.awaitEqual();
      for (int i = 0; i < 30; i++) {
        assertEquals("xyz", nodes.get(0).read("f" + i));
      }
    }
  }

  @Test
  void a_reader_gets_a_file_that_is_not_here_yet() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      nodes.network((from, to) -> Nodes.Network.Fate.LOST);
      nodes.get(0).write("pictures/p.jpg", "picture");
      Nodes.await("it is known", () -> nodes.get(0).number("files") == 1);
      nodes.network((from, to) -> Nodes.Network.Fate.ARRIVES);
      assertTrue(nodes.get(1).media().fetch("pictures/p.jpg"));
      assertEquals("picture", nodes.get(1).read("pictures/p.jpg"));
      assertFalse(nodes.get(1).media().fetch("pictures/none.jpg"));
      assertFalse(nodes.get(1).media().fetch("../n0/pictures/p.jpg"));
      assertFalse(nodes.get(1).media().fetch(".appliance-media"));
    }
  }

  @Test
  void a_reader_gets_a_file_that_its_node_has_not_looked_at_yet() throws Exception {
    Tuning q = Nodes.QUICK;
    Duration late = Duration.ofMillis(200);
    Tuning unwatched = new Tuning(
        q.quiet(), q.rescan(), late, q.compare(), q.tick(), q.readWait(), q.fileBytesMax(), false);
    try (Nodes nodes = new Nodes(ground, 2, unwatched)) {
      nodes.awaitEqual();
      nodes.network((from, to) -> Nodes.Network.Fate.LOST);
      for (int i = 0; i < 5; i++) {
        String path = "pictures/" + i + ".jpg";
        nodes.get(0).write(path, "picture");
        nodes.network((from, to) -> Nodes.Network.Fate.ARRIVES);
        assertTrue(nodes.get(1).media().fetch(path), path);
      }
    }
  }

  @Test
  void a_reader_waits_for_one_hung_node_and_no_more() throws Exception {
    Tuning q = Nodes.QUICK;
    Duration wait = Duration.ofMillis(100);
    Tuning hasty = new Tuning(
        q.quiet(), q.rescan(), q.poll(), q.compare(), q.tick(), wait, q.fileBytesMax(), true);
    try (Nodes nodes = new Nodes(ground, 4, hasty)) {
      nodes.awaitEqual();
      AtomicInteger asked = new AtomicInteger();
      nodes.wire((to, request) -> {
        if (request.path().equals("item")) {
          asked.incrementAndGet();
          Await.pause(2 * wait.toMillis());
          throw new IOException("silence");
        }
        return to.answer(request);
      });
      assertFalse(nodes.get(0).media().fetch("nobody/answers.jpg"));
      assertEquals(1, asked.get());
    }
  }

  @Test
  void what_no_other_node_holds_is_counted_as_unreplicated() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      nodes.get(1).stop();
      nodes.get(0).write("only-here", "x");
      // While it is examined it may count twice: rather too much than too little.
      Nodes.await(
          "it is known",
          () -> nodes.get(0).number("files") == 1 && nodes.get(0).number("unreplicated") == 1);
      nodes.get(1).restart();
      nodes.awaitEqual();
    }
  }

  @Test
  void without_inotify_changes_are_found_by_rescans() throws Exception {
    Tuning q = Nodes.QUICK;
    Tuning blind = new Tuning(
        q.quiet(),
        q.poll(),
        q.poll(),
        q.compare(),
        q.tick(),
        q.readWait(),
        q.fileBytesMax(),
        false);
    try (Nodes nodes = new Nodes(ground, 2, blind)) {
      nodes.get(0).write("a/b", "seen");
      nodes.awaitEqual();
      nodes.get(1).write("a/b", "seen again");
      Nodes.await("it arrives", () -> nodes.get(0).read("a/b").equals("seen again"));
      Files.delete(nodes.get(0).file("a/b"));
      Nodes.await("it goes", () -> !Files.exists(nodes.get(1).file("a")));
      assertEquals("rescans", nodes.get(0).status("watching"));
    }
  }

  @Test
  void very_many_files_that_are_left_for_later_keep_no_other_one_waiting() throws Exception {
    Tuning patient = new Tuning(
        Duration.ofMinutes(10),
        Duration.ofSeconds(60),
        Duration.ofMillis(300),
        Duration.ofMillis(500),
        Duration.ofMillis(50),
        Duration.ofSeconds(10),
        Long.MAX_VALUE,
        false);
    try (Nodes nodes = new Nodes(ground, 2, patient)) {
      nodes.awaitEqual();
      Path young = Files.createDirectory(nodes.get(1).file("young"));
      for (int i = 0; i < 25_000; i++) {
        Files.createFile(young.resolve(String.valueOf(i)));
      }
      Nodes.await("they are seen", () -> nodes.get(1).number("unreplicated") >= 5_000);
      Path outside = Files.writeString(ground.resolve("outside"), "old");
      Files.setLastModifiedTime(outside, FileTime.fromMillis(1_000));
      Files.move(outside, nodes.get(1).file("old"));
      Nodes.await("it comes", () -> nodes.get(0).read("old").equals("old"));
    }
  }
}
