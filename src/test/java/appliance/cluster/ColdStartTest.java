package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitWhole;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.MemberState;
import appliance.model.Shortage;
import appliance.testing.Await;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All machines were off, and come back one after the other; with real nodes on loopback. */
final class ColdStartTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void one_of_three_serves_reads_and_names_the_missing_and_two_of_three_have_a_master() {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitWhole(a, b, c);
    assertEquals(Shortage.NONE, a.views().get().shortage());
    done(a.operations().set("kept", "yes"));
    Await.until("all have it", () -> c.setting("kept").equals(Optional.of("yes")));
    List.of(a, b, c).forEach(Cluster::close);

    Cluster alone = lab.node("c");
    alone.start();
    Await.until("it knows who is missing", () -> alone.views().get().shortage().any());
    assertEquals(new Shortage(3, List.of("a", "b"), false), alone.views().get().shortage());
    alone.ready();
    Await.until("reads", () -> alone.views().get().shortage().readOnly());
    assertEquals(MemberState.JOINING, Lab.state(alone, "c"));
    String reason = alone.views().get().own().orElseThrow().reason();
    assertTrue(reason.contains("serves reads only"), reason);
    assertFalse(alone.lease().valid());
    assertEquals(Optional.empty(), alone.views().get().master());

    Cluster second = lab.start("a");
    awaitAgreement(2, alone, second);
    assertEquals(Shortage.NONE, alone.views().get().shortage());
    assertEquals(Optional.of("yes"), second.setting("kept"));
  }

  @Test
  void who_was_drained_before_stays_out_of_use() {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    awaitWhole(a, b);
    Lab.drain(a, "b", b);
    List.of(a, b).forEach(Cluster::close);

    Cluster alone = lab.start("b");
    Await.until("it knows who is missing", () -> alone.views().get().shortage().any());
    assertEquals(new Shortage(2, List.of("a"), false), alone.views().get().shortage());
  }
}
