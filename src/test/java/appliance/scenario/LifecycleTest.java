package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator does with machines: clones one, removes one, goes on when one is lost. */
@Tag("scenario")
final class LifecycleTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @Test
  void a_clone_joins_as_a_node_of_its_own_is_removed_and_one_of_two_goes_on_by_force()
      throws Exception {
    NodeSettings web1 = NodeSettings.of("web1", scenario.folder("web1"));
    NodeSettings web2 = NodeSettings.of("web2", scenario.folder("web2"));
    Path secretFile = scenario.folder("").resolve("secret");
    Files.writeString(secretFile, "the-first-secret-of-this-test");
    NodeProcess original = node(web1, web2, secretFile);
    NodeProcess clone = node(web2, web1, secretFile);
    original.startAndAwait();
    Files.writeString(web1.media().resolve("logo.txt"), "made on the original");
    Await.until(
        "the file is in the index",
        () -> original.member("web1").getAsJsonObject("media").get("files").getAsInt() == 1);
    String id = original.member("web1").get("id").getAsString();
    copy(web1.folder(), web2.folder());

    clone.start();
    assertEquals(5, clone.awaitExit());
    assertTrue(clone.log().contains("--new-identity"), clone.log());
    clone.start("--new-identity").awaitActive();
    assertEquals("made on the original", Files.readString(web2.media().resolve("logo.txt")));
    assertEquals(id, original.member("web1").get("id").getAsString(), "undisturbed");
    assertFalse(id.equals(original.member("web2").get("id").getAsString()));

    remove(original, clone);
    String secret =
        original.command("secret", "--data", web1.data().toString()).output().strip();
    Files.writeString(secretFile, secret);
    clone.start("--new-identity").awaitActive();

    original.kill9();
    Await.until("no majority", () -> !clone.status().get("quorum").getAsBoolean());
    Finished forced = clone.command(
        "promote", "web2", "--force", "--yes", "--data", web2.data().toString());
    assertEquals(0, forced.exitCode(), forced.output());
    assertTrue(forced.output().contains("LOG INDEX"), forced.output());
    Await.until("the survivor is master", () -> clone.master().equals("web2"));
    original.start();
    assertEquals(5, original.awaitExit());
    assertTrue(original.log().contains("goes on without this node"), original.log());
  }

  private static void remove(NodeProcess original, NodeProcess clone) throws Exception {
    Finished removed = original.command(
        "node", "remove", "web2", "--data", original.settings().data().toString());
    assertEquals(0, removed.exitCode(), removed.output());
    Await.until(
        "the original is alone",
        () -> original.status().getAsJsonArray("members").size() == 1);
    clone.terminate();
    clone.start();
    assertEquals(5, clone.awaitExit());
    assertTrue(clone.log().contains("is no member any more: removed on web1"), clone.log());
  }

  private NodeProcess node(NodeSettings own, NodeSettings other, Path secretFile) {
    return scenario.owns(new NodeProcess(own.withPeers(List.of(other))
        .with("--media", own.media().toString())
        .with("--secret-file", secretFile.toString())));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path copy = to.resolve(from.relativize(path));
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else if (!path.endsWith("node.log")) {
          Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
