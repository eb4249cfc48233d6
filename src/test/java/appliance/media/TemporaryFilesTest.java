package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.LogLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs write a file under a name that it has for a moment, next to its later place. */
final class TemporaryFilesTest {

  @TempDir
  private Path ground = Path.of("");

  @AutoClose
  private final LogLines told = LogLines.of(Transfers.class);

  @Test
  void what_a_kill_has_left_beside_its_place_goes_at_the_next_start_and_nothing_else()
      throws Exception {
    try (Nodes nodes = new Nodes(ground, 2)) {
      Nodes.Node node = nodes.get(1);
      node.write("d/a", "a");
      nodes.awaitEqual();
      node.stop();
      String ours = Paths.RESERVED + UUID.randomUUID();
      node.write("d/" + ours, "half");
      node.write("d/" + ours + "-7", "half");
      node.write("d/" + Paths.RESERVED + "not-ours", "whose");
      node.restart();
      Nodes.await("it is looked through", () -> node.media().caughtUp());
      assertEquals("(absent)", node.read("d/" + ours));
      assertEquals("(absent)", node.read("d/" + ours + "-7"));
      assertEquals("whose", node.read("d/" + Paths.RESERVED + "not-ours"));
    }
  }

  @Test
  void one_that_has_its_real_name_before_it_is_fetched_is_nothing_to_tell() throws Exception {
    AtomicInteger missed = new AtomicInteger();
    try (Nodes nodes = new Nodes(ground, 2)) {
      nodes.wire((to, request) -> {
        Path asked = to.file(String.valueOf(request.parameters().get("path")));
        if (request.path().equals("content") && asked.toString().endsWith(".tmp")) {
          missed.incrementAndGet();
          Files.move(asked, to.file("picture.jpg"));
        }
        return to.answer(request);
      });
      Files.write(nodes.get(0).file("picture.tmp"), new byte[Outbox.INLINE_BYTES_MAX + 1]);
      Nodes.await("the picture is there", () -> Files.exists(nodes.get(1).file("picture.jpg")));
      nodes.awaitEqual();
      assertEquals("", nodes.get(1).media().source().read().json().get("failedPath"));
    }
    assertTrue(missed.get() > 0);
    assertEquals(List.of(), told.warnings());
  }
}
