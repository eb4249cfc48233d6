package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the media leave on a disk, and what they do without room on it. */
final class DiskTest {

  private static final int LARGE_BYTES = 3_000_000;

  @TempDir
  private Path ground;

  @Test
  void a_private_file_is_private_from_its_first_byte_on() throws Exception {
    byte[] content = content();
    Path staged = ground.resolve("staged");
    List<String> meanwhile = new ArrayList<>();
    InputStream looking = new ByteArrayInputStream(content) {
      @Override
      public synchronized int read(byte[] to, int offset, int length) {
        meanwhile.add(permissions(staged));
        return super.read(to, offset, length);
      }
    };
    Disk.receive(looking, staged, item(content, 0600));
    assertEquals(List.of("rw-------"), meanwhile.stream().distinct().toList());
    assertEquals("rw-------", permissions(staged));
  }

  @Test
  void permissions_are_the_same_on_all_nodes() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      for (String mode : List.of("rw-------", "rw-r-----", "r--r--r--", "rw-rw-rw-")) {
        Path outside = Files.writeString(ground.resolve(mode), mode);
        Files.setPosixFilePermissions(outside, PosixFilePermissions.fromString(mode));
        Files.move(outside, nodes.get(0).file(mode));
      }
      nodes.awaitEqual();
      for (String mode : nodes.get(1).content().keySet()) {
        assertEquals(mode, permissions(nodes.get(1).file(mode)));
      }
    }
  }

  @Test
  void a_full_disk_is_told_keeps_small_files_coming_and_takes_the_large_one_when_there_is_room()
      throws Exception {
    Path small = Files.createDirectories(ground.resolve("n1"));
    assumeTrue(
        done("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()),
        "only root may mount");
    try (Nodes nodes = new Nodes(ground, 2)) {
      Nodes.Node node = nodes.get(1);
      byte[] content = content();
      Files.write(nodes.get(0).file("large"), content);
      Nodes.await(
          "the reason is told", () -> node.status("failedReason").toString().contains("is full"));
      assertEquals("large", node.status("failedPath"));
      Nodes.await("no part of it keeps the disk full", () -> nothingStaged(small));
      nodes.get(0).write("little", "fits");
      Nodes.await("what fits comes", () -> node.read("little").equals("fits"));
      assertTrue(Files.notExists(node.file("large")), "whole or not at all");

      assertTrue(done("mount", "-o", "remount,size=16m", small.toString()));
      nodes.awaitEqual();
      assertEquals(Sha256.of(content), Disk.hash(node.file("large")));
      Nodes.await("no reason is left", () -> node.status("failedReason").equals(""));
    } finally {
      done("umount", "-l", small.toString());
    }
  }

  @Test
  void a_file_that_cannot_fit_is_not_begun_and_leaves_the_room_to_others() throws Exception {
    Path small = Files.createDirectories(ground.resolve("n1"));
    assumeTrue(
        done("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", small.toString()),
        "only root may mount");
    try (Nodes nodes = new Nodes(ground, 2)) {
      byte[] content = new byte[32 << 20];
      new Random(1).nextBytes(content);
      Files.write(nodes.get(0).file("large"), content);
      Nodes.await(
          "the reason is told",
          () -> nodes.get(1).status("failedReason").toString().contains("is full"));
      assertEquals(0, nodes.get(0).number("sentFiles"));
    } finally {
      done("umount", "-l", small.toString());
    }
  }

  @Test
  void what_was_half_received_when_a_node_was_killed_goes_at_its_next_start() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.get(0).write("a", "a");
      nodes.awaitEqual();
      nodes.get(1).stop();
      nodes.get(1).write(Folder.STAGING + "/" + Paths.RESERVED + UUID.randomUUID(), "half of");
      nodes.get(1).restart();
      Nodes.await("it goes", () -> nothingStaged(nodes.get(1).folder));
      nodes.awaitEqual();
    }
  }

  private static boolean nothingStaged(Path folder) throws IOException {
    try (Stream<Path> staged = Files.list(folder.resolve(Folder.STAGING))) {
      return staged.findAny().isEmpty();
    }
  }

  private static boolean done(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  private static byte[] content() {
    byte[] content = new byte[LARGE_BYTES];
    new Random(1).nextBytes(content);
    return content;
  }

  private static Item item(byte[] content, int mode) {
    return new Item(
        "a", false, content.length, 0, mode, Sha256.of(content), Version.first(UUID.randomUUID()));
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
