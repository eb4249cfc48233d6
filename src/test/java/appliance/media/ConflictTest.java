package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when two nodes change the same path without knowing of each other. */
final class ConflictTest {

  @TempDir
  Path ground;

  private static void cut(Nodes nodes) {
    nodes.network((from, to) -> Nodes.Network.Fate.LOST);
  }

  private static void heal(Nodes nodes) {
    nodes.network((from, to) -> Nodes.Network.Fate.ARRIVES);
  }

  private static void awaitSeen(Nodes.Node node, long unreplicated) throws Exception {
    Nodes.await("it is seen", () -> node.number("unreplicated") == unreplicated);
  }

  @Test
  void concurrent_edits_have_one_winner_everywhere_and_the_loser_is_kept() throws Exception {
    try (Nodes nodes = new Nodes(ground, 3)) {
      nodes.get(0).write("f", "base");
      nodes.awaitEqual();
      cut(nodes);
      nodes.get(0).write("f", "from 0");
      nodes.get(1).write("f", "from 1");
      awaitSeen(nodes.get(0), 1);
      awaitSeen(nodes.get(1), 1);
      heal(nodes);
      nodes.awaitEqual();
      String winner = nodes.get(2).read("f");
      Nodes.Node loser = nodes.get(winner.equals("from 0") ? 1 : 0);
      assertEquals(1, loser.conflicts().size());
      assertEquals(
          winner.equals("from 0") ? "from 1" : "from 0",
          Files.readString(loser.conflicts().get(0)));
      assertEquals(1, loser.number("conflicts"));
    }
  }

  @Test
  void the_clock_does_not_pick_between_changes_that_follow_each_other() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("f", "first");
      nodes.awaitEqual();
      Path staged = ground.resolve("staged");
      Files.writeString(staged, "second, from a clock far behind");
      Files.setLastModifiedTime(staged, FileTime.fromMillis(1_000));
      Files.move(staged, nodes.get(1).file("f"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      nodes.awaitEqual();
      assertEquals("second, from a clock far behind", nodes.get(0).read("f"));
      assertTrue(nodes.get(0).conflicts().isEmpty());
    }
  }

  @Test
  void an_edit_outlives_a_delete_that_did_not_know_of_it() throws Exception {
    try (Nodes nodes = new Nodes(ground, 3)) {
      nodes.get(0).write("f", "base");
      nodes.awaitEqual();
      cut(nodes);
      Files.delete(nodes.get(0).file("f"));
      nodes.get(1).write("f", "edited");
      awaitSeen(nodes.get(0), 1);
      awaitSeen(nodes.get(1), 1);
      heal(nodes);
      nodes.awaitEqual();
      assertEquals("edited", nodes.get(0).read("f"));
    }
  }

  @Test
  void a_node_that_was_away_does_not_bring_back_what_was_deleted() throws Exception {
    try (Nodes nodes = new Nodes(ground, 3)) {
      for (int i = 0; i < 20; i++) {
        nodes.get(0).write("d/f" + i, "content " + i);
      }
      nodes.awaitEqual();
      nodes.get(2).stop();
      Nodes.deleteTree(nodes.get(0).file("d"));
      nodes.get(0).write("new", "new");
      nodes.get(1).write("new too", "new too");
      nodes.awaitEqual();
      assertEquals(0, nodes.get(0).number("pending"));
      nodes.get(2).restart();
      nodes.awaitEqual();
      assertEquals(2, nodes.get(2).content().size());
      assertFalse(Files.exists(nodes.get(0).file("d")));
    }
  }

  @Test
  void changes_made_while_a_node_was_off_are_found_and_announced() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("kept", "kept");
      nodes.get(0).write("changed", "before");
      nodes.get(0).write("deleted", "deleted");
      nodes.get(0).write("moved/a", "moved");
      nodes.awaitEqual();
      nodes.get(0).awaitSaved("kept", "changed", "deleted", "moved/a"); // or no delete is known
      nodes.get(0).crash(ground.resolve("saved"));
      nodes.get(0).write("changed", "after, longer");
      nodes.get(0).write("new", "new");
      Files.delete(nodes.get(0).file("deleted"));
      Files.move(nodes.get(0).file("moved"), nodes.get(0).file("renamed"));
      nodes.get(0).restart();
      nodes.awaitEqual();
      assertEquals("after, longer", nodes.get(1).read("changed"));
      assertEquals("moved", nodes.get(1).read("renamed/a"));
      assertEquals(4, nodes.get(1).content().size());
    }
  }

  @Test
  void a_lost_index_is_made_anew_without_conflicts_or_transfers() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("a", "a");
      nodes.get(1).write("b", "b");
      nodes.get(1).write("gone", "gone");
      nodes.awaitEqual();
      nodes.get(1).stop();
      Files.delete(nodes.get(0).file("gone"));
      Nodes.deleteTree(nodes.get(1).data.resolve("media"));
      Nodes.await("it is seen", () -> nodes.get(0).number("files") == 2);
      nodes.get(1).restart();
      nodes.awaitEqual();
      assertEquals(2, nodes.get(0).content().size());
      assertEquals(0, nodes.get(1).number("receivedFiles"));
      assertTrue(nodes.get(1).conflicts().isEmpty());
    }
  }

  @Test
  void a_lost_index_does_not_bring_back_what_was_changed_and_deleted_meanwhile() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("f", "first");
      nodes.awaitEqual();
      nodes.get(1).stop();
      Nodes.deleteTree(nodes.get(1).data.resolve("media"));
      nodes.get(0).write("f", "second, longer");
      Nodes.await("the change is seen", () -> nodes.get(0).number("announced") == 2);
      Files.delete(nodes.get(0).file("f"));
      Nodes.await("the delete is seen", () -> nodes.get(0).number("files") == 0);
      Files.setLastModifiedTime(nodes.get(1).file("f"), FileTime.fromMillis(1_000));
      nodes.get(1).restart();
      nodes.awaitEqual();
      assertEquals("(absent)", nodes.get(0).read("f"));
      assertEquals("(absent)", nodes.get(1).read("f"));
      assertEquals("first", Files.readString(nodes.get(1).conflicts().get(0)));
    }
  }

  @Test
  void an_edit_upon_an_older_memory_of_a_node_is_not_lost() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      Nodes.Node node = nodes.get(0);
      node.write("f", "1");
      nodes.awaitEqual();
      node.awaitSaved("f");
      Path old = ground.resolve("old");
      Nodes.copy(node.data, old);
      for (String content : List.of("second", "third", "fourth")) {
        node.write("f", content);
        nodes.awaitEqual();
      }
      node.stop();
      Nodes.deleteTree(node.data);
      Files.move(old, node.data);
      node.write("f", "an edit that nobody else has");
      node.restart();
      nodes.awaitEqual();
      String edit = node.conflicts().isEmpty()
          ? node.read("f")
          : Files.readString(node.conflicts().get(0));
      assertEquals("an edit that nobody else has", edit);
    }
  }

  @Test
  void what_a_power_loss_has_left_of_a_file_does_not_replace_what_others_have() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      Nodes.Node node = nodes.get(0);
      node.write("f", "whole");
      node.write("old", "old");
      node.write("lost", "lost");
      nodes.awaitEqual();
      node.awaitSaved("f", "old", "lost");
      node.crash(ground.resolve("saved"));
      node.machineRestarted();
      node.write("f", "");
      Files.setLastModifiedTime(node.file("f"), FileTime.fromMillis(1_000));
      Files.delete(node.file("lost"));
      node.write("new", "that only this one has");
      node.restart();
      nodes.awaitEqual();
      assertEquals("whole", nodes.get(1).read("f"));
      assertEquals("lost", nodes.get(1).read("lost"));
      assertEquals("that only this one has", nodes.get(1).read("new"));
    }
  }

  @Test
  void a_delete_and_a_rename_that_a_power_loss_has_undone_on_one_machine_stand() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      Nodes.Node node = nodes.get(0);
      node.write("deleted", "deleted");
      node.write("before", "renamed");
      nodes.awaitEqual();
      for (String name : List.of("deleted", "before")) {
        Files.createLink(ground.resolve(name), node.file(name));
      }
      Files.delete(node.file("deleted"));
      Files.move(node.file("before"), node.file("after"));
      Nodes.await("they are seen", () -> node.read("after").equals("renamed"));
      nodes.awaitEqual();
      nodes.get(1).stop(); // as though it had never heard of the new name
      node.stop();
      node.machineRestarted();
      Files.move(ground.resolve("deleted"), node.file("deleted"));
      Files.delete(node.file("after"));
      Files.move(ground.resolve("before"), node.file("before"));
      node.restart();
      Nodes.await("it has its new name again", () -> node.read("after").equals("renamed"));
      nodes.get(1).restart();
      nodes.awaitEqual();
      for (int i = 0; i < 2; i++) {
        assertEquals("(absent)", nodes.get(i).read("deleted"));
        assertEquals("(absent)", nodes.get(i).read("before"));
        assertEquals("renamed", nodes.get(i).read("after"));
      }
    }
  }

  @Test
  void the_loser_is_kept_under_a_name_that_the_disk_takes() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      String name = "\ud83d\ude00".repeat(40);
      cut(nodes);
      nodes.get(0).write(name, "from 0");
      nodes.get(1).write(name, "from 1");
      awaitSeen(nodes.get(0), 1);
      awaitSeen(nodes.get(1), 1);
      heal(nodes);
      nodes.awaitEqual();
      assertEquals(1, nodes.get(0).conflicts().size() + nodes.get(1).conflicts().size());
    }
  }

  @Test
  void an_unreadable_index_is_set_aside_and_made_anew() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("a", "a");
      nodes.awaitEqual();
      nodes.get(1).stop();
      Files.write(nodes.get(1).data.resolve("media/index.mv"), new byte[20_000]);
      nodes.get(1).restart();
      nodes.awaitEqual();
      assertEquals("a", nodes.get(1).read("a"));
    }
  }

  @Test
  void a_folder_wins_over_a_file_of_the_same_name_and_the_file_is_kept() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      cut(nodes);
      nodes.get(0).write("x", "a file");
      nodes.get(1).write("x/below", "in a folder");
      awaitSeen(nodes.get(0), 1);
      awaitSeen(nodes.get(1), 1);
      heal(nodes);
      nodes.awaitEqual();
      assertEquals("in a folder", nodes.get(0).read("x/below"));
      assertEquals("a file", Files.readString(nodes.get(0).conflicts().get(0)));
    }
  }

  @Test
  void a_file_that_becomes_a_folder_and_back_follows_everywhere() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("x", "a file");
      nodes.awaitEqual();
      Files.delete(nodes.get(0).file("x"));
      nodes.get(0).write("x/below", "in a folder");
      nodes.awaitEqual();
      Nodes.deleteTree(nodes.get(1).file("x"));
      nodes.get(1).write("x", "a file again");
      nodes.awaitEqual();
      assertEquals("a file again", nodes.get(0).read("x"));
    }
  }

  @Test
  void a_file_being_written_here_is_not_replaced_before_it_is_closed() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("f", "base");
      nodes.awaitEqual();
      try (var out = Files.newOutputStream(nodes.get(1).file("f"))) {
        out.write("unseen ".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        nodes.get(0).write("f", "from 0, at the same time");
        Nodes.await("it is wanted", () -> nodes.get(1).number("pending") > 0);
        Thread.sleep(300); // time enough to take it, were it to be
        nodes.get(0).write("later", "nobody writes this one");
        Nodes.await("what came later is there", () -> Files.exists(nodes.get(1).file("later")));
        assertEquals("unseen ", nodes.get(1).read("f"));
        assertEquals("from 0, at the same time", nodes.get(0).read("f"));
        out.write("edit".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      nodes.awaitEqual();
      String winner = nodes.get(0).read("f");
      Nodes.Node loser = nodes.get(winner.equals("unseen edit") ? 0 : 1);
      assertEquals(1, loser.conflicts().size());
    }
  }

  @Test
  void a_new_node_gets_everything() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      for (int i = 0; i < 300; i++) {
        nodes.get(i % 2).write("d" + i % 9 + "/f" + i, "content " + i);
      }
      nodes.awaitEqual();
      nodes.add();
      nodes.awaitEqual();
      assertEquals(300, nodes.get(2).content().size());
    }
  }
}
