package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import appliance.testing.Finished;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.Scenario;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node in no cluster yet: an operator finds out what it waits for, and can end it. */
@Tag("scenario")
final class WaitingNodeTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @Test
  void it_says_what_it_waits_for_and_ends_in_order() {
    NodeSettings settings =
        NodeSettings.of("node1", scenario.folder("node1")).with("--expect", "2");
    NodeProcess node = scenario.owns(new NodeProcess(settings)).start();
    Await.until(
        "its status tells", () -> node.status().get("waitsFor").getAsString().contains("--expect"));
    Finished status = node.command("status", "--data", settings.data().toString());
    assertEquals(0, status.exitCode(), status.output());
    assertTrue(status.output().contains("1 of them are here: node1."), status.output());
    assertEquals(0, node.terminate());
    assertFalse(node.log().contains("ERROR"), node.log());
  }
}
