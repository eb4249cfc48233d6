package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.done;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import appliance.cluster.raft.Deafness;
import appliance.cluster.raft.Timing;
import appliance.testing.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A member that shows signs of life, but hears nothing any more. */
final class DeafNodeTest {

  private static final Timing IMPATIENT = withStuck(Duration.ofSeconds(1));
  private static final Timing PATIENT = withStuck(Duration.ofHours(1));

  /** As much as a member may leave unread, many times over: all of it is sent again and again. */
  private static final int WRITES = 60;

  private static final String VALUE = "x".repeat(16_000);

  @RegisterExtension
  final Lab lab = new Lab("test");

  private record Three(Cluster a, Cluster b, Cluster c) {}

  private static Timing withStuck(Duration stuck) {
    Timing fast = Timing.FAST;
    return new Timing(
        fast.heartbeat(),
        fast.silence(),
        fast.verify(),
        fast.lease(),
        fast.renew(),
        fast.idle(),
        stuck,
        fast.finish(),
        fast.release(),
        fast.position());
  }

  /** The one that is to notice is impatient, so that the others have not begun anew by then. */
  private Three three(String impatient) {
    lab.seats("a", "b", "c");
    Three three = new Three(up("a", impatient), up("b", impatient), up("c", impatient));
    awaitWhole(three);
    return three;
  }

  private static void awaitWhole(Three three) {
    awaitAgreement(3, three.a, three.b, three.c);
    awaitVoters(3, three.a, three.b, three.c);
  }

  private Cluster up(String name, String impatient) {
    return Lab.up(lab.node(name, name.equals(impatient) ? IMPATIENT : PATIENT));
  }

  private static void deafen(Cluster node) {
    Deafness.strike(session(node).consensus());
  }

  private static Session session(Cluster node) {
    return node.openSession().orElseThrow();
  }

  @Test
  void it_keeps_nobody_from_writing() {
    Three three = three("nobody");
    deafen(three.c);
    for (int i = 0; i < WRITES; i++) {
      done(three.a.operations().set("key", i + VALUE));
    }
    assertEquals(3, three.a.situation().reachable().size(), "it is among the others all the time");
  }

  @Test
  void it_connects_anew_by_itself() {
    Three three = three("c");
    recovers(three.c, three);
  }

  @Test
  void one_that_elects_and_writes_connects_anew_by_itself() {
    Three three = three("a");
    assertEquals("a", Lab.master(three.b));
    recovers(three.a, three);
  }

  private static void recovers(Cluster node, Three three) {
    Session deaf = session(node);
    Session healthy = session(three.b);
    deafen(node);
    Await.until(
        "another session", () -> node.openSession().filter(s -> s != deaf).isPresent());
    awaitWhole(three);
    done(three.b.operations().set("key", "later"));
    Await.until("it hears", () -> node.setting("key").filter("later"::equals).isPresent());
    assertSame(healthy, session(three.b), "one that hears stays");
  }
}
