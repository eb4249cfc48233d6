package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.raft.Deafness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member that shows signs of life, but hears nothing any more. */
final class DeafNodeTest {

  /** As much as a member may leave unread, many times over: all of it is sent again and again. */
  private static final int WRITES = 60;

  private static final String VALUE = "x".repeat(16_000);

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void it_keeps_nobody_from_writing() {
    Cluster a = lab.start("a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, a, b, c);
    awaitVoters(3, a, b, c);
    Deafness.strike(c.openSession().orElseThrow().consensus());
    for (int i = 0; i < WRITES; i++) {
      done(a.operations().set("key", i + VALUE));
    }
    assertEquals(3, a.situation().reachable().size(), "it is among the others all the time");
  }
}
