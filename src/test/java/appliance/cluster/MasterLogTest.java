package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.ClusterView;
import appliance.model.Epoch;
import appliance.model.NodeId;
import appliance.model.Shortage;
import appliance.testing.LogLines;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class MasterLogTest {

  private static final NodeId SELF = new NodeId(new UUID(0, 1));

  @AutoClose
  private final LogLines told = LogLines.of(Cluster.class);

  private static ClusterView view(boolean quorum, Shortage shortage) {
    return new ClusterView(
        "shop",
        SELF,
        new Epoch(1),
        Optional.empty(),
        quorum,
        List.of(),
        shortage,
        "",
        false,
        Optional.empty());
  }

  @Test
  void a_majority_that_is_lost_is_told_once_with_who_is_missing_and_what_to_do() {
    ClusterView whole = view(true, Shortage.NONE);
    ClusterView alone = view(false, new Shortage(3, List.of("web2", "web3"), false));
    MasterLog.changed(view(false, Shortage.NONE), alone, false); // as at a start: not yet there
    MasterLog.changed(whole, alone, true); // as at an end in order: the others end, too
    assertEquals(List.of(), told.all());
    MasterLog.changed(whole, alone, false);
    MasterLog.changed(alone, alone, false);
    assertEquals(
        List.of(
            "The majority is lost, and with it the master: " + alone.shortage().words()),
        told.all());
  }
}
