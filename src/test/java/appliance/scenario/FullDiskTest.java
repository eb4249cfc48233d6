package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.ExitCode;
import appliance.testing.Await;
import appliance.testing.NodeProcess;
import appliance.testing.NodeSettings;
import appliance.testing.NotifySocket;
import appliance.testing.Scenario;
import appliance.testing.lab.Disks;
import appliance.testing.lab.Hosts;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose disk is full when it starts, and later is not; the disk is a real one. */
@Tag("scenario")
final class FullDiskTest {

  private static final int SIGTERM = 128 + 15;
  private static final int MEGABYTES = 32;

  @RegisterExtension
  final Scenario scenario = new Scenario();

  private Disks disk;
  private NodeSettings settings;

  @BeforeEach
  void a_node_on_a_disk_of_its_own() {
    Assumptions.assumeTrue(Hosts.isRoot(), "skipped: not root: no disk can be made");
    settings = NodeSettings.of("n1", scenario.folder("n1"));
    disk = scenario.owns(new Disks(List.of(settings.data()), MEGABYTES));
  }

  @Test
  void it_may_be_started_again_at_the_first_start_and_at_any_other() {
    NodeProcess node = scenario.owns(new NodeProcess(settings));
    for (int start = 1; start <= 2; start++) {
      disk.fill(1);
      assertEquals(ExitCode.NOT_NOW.number(), node.start().awaitExit(), node.logTail());
      assertTrue(node.log().contains("the disk is full: free space there"), node.logTail());
      disk.free();
      node.startAndAwait();
      assertEquals(0, node.terminate());
    }
  }

  @Test
  void a_service_is_told_and_does_not_try_all_the_time() {
    NotifySocket systemd = scenario.owns(new NotifySocket());
    NodeProcess node =
        scenario.owns(new NodeProcess(settings.withEnvironment("NOTIFY_SOCKET", systemd.path())));
    disk.fill(1);
    node.start();
    Await.until(
        "systemd hears of it",
        () -> systemd.heard().stream()
            .anyMatch(word -> word.endsWith("STATUS=starting; the disk is full: free space")));
    assertEquals(SIGTERM, node.terminate(), "it has waited until it was told to end");
  }
}
