package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.refusedStart;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.state.ClusterFile;
import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import appliance.runtime.StartFailure;
import appliance.testing.Await;
import appliance.testing.lab.Disks;
import appliance.testing.lab.Hosts;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member comes back whose log has a disk of its own, and no room for what was agreed on meanwhile. */
final class NoRoomToJoinTest {

  /** So many that the last block of the log's file has no room for them. */
  private static final int ENTRIES = 60;

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void it_leaves_at_once_says_why_and_is_back_once_there_is_room() {
    Assumptions.assumeTrue(Hosts.isRoot(), "skipped: not root: no disk can be made");
    lab.seats("a", "b", "c");
    try (Disks disk = new Disks(List.of(ClusterFile.log(lab.seat("c").data())), 16)) {
      Cluster a = lab.startAlone("a");
      Cluster b = lab.start("b");
      Cluster c = lab.start("c");
      awaitAgreement(3, a, b, c);
      awaitVoters(3, a, b, c);
      c.close();
      disk.fill(1);
      long missed = lastIndex(a) + ENTRIES;
      Await.until("it has missed a lot", () -> lastIndex(a) > missed);

      StartFailure refused = refusedStart(lab.node("c"));
      assertTrue(refused.toString().contains("cannot take part in the cluster"), "" + refused);
      assertEquals(ExitCode.NOT_NOW, refused.exitCode());
      assertTrue(FileTrouble.isFull(refused), "the service is not to try all the time");
      awaitAgreement(2, a, b);
      disk.free();
      Cluster again = lab.start("c");
      awaitAgreement(3, a, b, again);
      again.close();
    }
  }

  private static long lastIndex(Cluster node) {
    return Long.parseLong(told(node, "lastIndex"));
  }
}
