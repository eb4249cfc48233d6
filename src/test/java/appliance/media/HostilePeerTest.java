package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.testing.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that another node says or sends is believed before it is checked. */
final class HostilePeerTest {

  @TempDir
  Path ground;

  private static final Item HONEST = item("honest", "content");

  private static Item item(String path, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new Item(
        path, false, bytes.length, 1, 0644, Sha256.of(bytes), Version.first(UUID.randomUUID()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/./b",
        "a//b",
        "a/",
        "a\0b",
        "a\nb",
        "a/\u007f",
        ".appliance-media",
        "a/.appliance-tmp",
        "\ud800",
      })
  void a_path_that_could_leave_the_folder_is_refused(String path) {
    assertTrue(Paths.problem(path).isPresent());
    assertThrows(IllegalArgumentException.class, () -> item(path, "x"));
  }

  @Test
  void names_and_paths_have_limits() {
    assertTrue(Paths.problem("ü".repeat(128)).isPresent());
    assertTrue(Paths.problem("ü".repeat(127)).isEmpty());
    assertTrue(Paths.problem("a/".repeat(64) + "a").isPresent());
    assertTrue(Paths.problem("a/".repeat(63) + "a").isEmpty());
    assertTrue(Paths.problem("aaaaaaaaa/".repeat(210)).isPresent());
    assertTrue(Paths.problem("plain/file name.jpg").isEmpty());
  }

  @Test
  void a_message_with_a_traversal_in_it_is_refused_as_a_whole() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      byte[] message = Message.changes(List.of(
          new Message.Change(HONEST, new Inline("content".getBytes(StandardCharsets.UTF_8)))));
      String text = new String(message, StandardCharsets.ISO_8859_1);
      byte[] evil = text.replace("honest", "../est").getBytes(StandardCharsets.ISO_8859_1);
      nodes.get(0).media().receive(nodes.get(1).id, evil);
      assertEquals(1, nodes.get(0).number("refused"));
      nodes.get(0).media().receive(nodes.get(1).id, message);
      Nodes.await("it arrives", () -> nodes.get(0).read("honest").equals("content"));
      assertFalse(Files.exists(ground.resolve("est")));
    }
  }

  @Test
  void broken_messages_do_no_harm() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    byte[] whole = Message.changes(List.of(
        new Message.Change(HONEST, new Inline(new byte[100])),
        new Message.Change(item("b/c", "x"), null)));
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] broken = java.util.Arrays.copyOf(whole, random.nextInt(whole.length) + 1);
      broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      try {
        Message.read(broken)
            .changes()
            .forEach(change ->
                assertTrue(Paths.problem(change.item().path()).isEmpty(), "seed " + seed));
      } catch (IOException e) {
        refused++;
      }
    }
    assertTrue(refused > 10_000, "seed " + seed);
  }

  @Test
  void content_that_is_not_what_was_announced_never_gets_its_name() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.awaitEqual();
      for (String lie : List.of("CONTENT", "content and more", "cont")) {
        Item item = item("lie-" + lie, "content");
        Inline content = new Inline(lie.getBytes(StandardCharsets.UTF_8));
        nodes
            .get(0)
            .media()
            .receive(nodes.get(1).id, Message.changes(List.of(new Message.Change(item, content))));
      }
      Nodes.await("all are tried", () -> nodes.get(0).number("failures") >= 3);
      assertEquals(Map.of(), nodes.get(0).content());
      assertEquals(3, nodes.get(0).number("pending"));
      assertTrue(nodes.get(0).status("failedReason").toString().contains("404"));
    }
  }

  @Test
  void a_peer_that_sends_other_bytes_is_passed_over() throws Exception {
    try (Nodes nodes = new Nodes(ground, 3)) {
      nodes.awaitEqual();
      byte[] bytes = new byte[200_000];
      nodes
          .get(1)
          .lies(reply -> new PeerReply(
              reply.status(),
              reply.headers(),
              reply.length(),
              new java.io.ByteArrayInputStream(bytes)));
      byte[] honest = new byte[200_000];
      honest[7] = 7;
      Files.write(nodes.get(2).file("f"), honest);
      nodes.awaitEqual();
      assertEquals(7, Files.readAllBytes(nodes.get(0).file("f"))[7]);
    }
  }

  @Test
  void an_error_ends_no_thread_and_all_is_tried_again() throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      Set<String> failed = ConcurrentHashMap.newKeySet();
      nodes.wire((to, request) -> {
        if (failed.add(request.path() + request.parameters().get("path"))) {
          throw new AssertionError("on purpose");
        }
        return to.answer(request);
      });
      for (int i = 0; i < 8; i++) {
        byte[] content = new byte[Outbox.INLINE_BYTES_MAX + 1];
        content[0] = (byte) i;
        Files.write(nodes.get(1).file("f" + i), content);
      }
      nodes.awaitEqual();
      assertEquals(8, nodes.get(0).content().size());
    }
  }

  @Test
  void a_list_of_files_without_end_does_not_keep_others_from_being_compared_with()
      throws Exception {
    byte[] page = Wire.bytes(out -> {
      out.writeBoolean(true);
      out.writeInt(1);
      Wire.putItem(out, HONEST);
    });
    AtomicInteger compared = new AtomicInteger();
    AtomicInteger pages = new AtomicInteger();
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.wire((to, request) -> {
        if (to == nodes.get(1) && request.path().equals("digests")) {
          compared.incrementAndGet();
          return PeerReply.of(200, new byte[Digests.BUCKETS * Long.BYTES]);
        }
        if (to == nodes.get(1) && request.path().equals("items")) {
          pages.incrementAndGet();
          return PeerReply.of(200, page);
        }
        return to.answer(request);
      });
      nodes.get(0).write("f", "x");
      Nodes.await("pages are asked for", () -> pages.get() > 0);
      int before = compared.get();
      Nodes.await("the next comparison starts", () -> compared.get() >= before + 2);
    }
  }

  @Test
  void a_bad_call_gets_a_clear_refusal() throws Exception {
    try (Nodes nodes = new Nodes(ground, 1)) {
      Files.writeString(ground.resolve("outside"), "secret");
      for (PeerRequest request : List.of(
          PeerRequest.get("content", Map.of("path", "../outside", "sha256", "00")),
          PeerRequest.get("content", Map.of()),
          PeerRequest.get("items", Map.of("buckets", "zz")),
          PeerRequest.get("items", Map.of("buckets", "ff".repeat(1_000))),
          PeerRequest.get("compare", Map.of("node", "nobody")))) {
        assertEquals(400, nodes.get(0).answer(request).status(), request.path());
      }
      Map<String, String> traversal =
          Map.of("path", "../outside", "sha256", Sha256.of(new byte[0]).toString());
      assertEquals(
          404, nodes.get(0).answer(PeerRequest.get("content", traversal)).status());
      assertEquals(404, nodes.get(0).answer(PeerRequest.get("else", Map.of())).status());
    }
  }
}
