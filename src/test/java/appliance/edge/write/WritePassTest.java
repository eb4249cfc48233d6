package appliance.edge.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.Attendance;
import appliance.model.ClusterView;
import appliance.model.Epoch;
import appliance.model.NodeId;
import appliance.model.WriteRight;
import appliance.runtime.Published;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When an answer to a write has waited for long enough, on a clock that the test moves. */
final class WritePassTest {

  private static final NodeId HERE = NodeId.random();
  private static final NodeId OTHER = NodeId.random();
  private static final Epoch FIVE = new Epoch(5);
  private static final Epoch SIX = new Epoch(6);
  private static final long NANOS_MAX = 1_000;

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
  private final LateAnswers late = new LateAnswers(clock::get, NANOS_MAX, 2);
  private final Published<ClusterView> views = new Published<>(view(FIVE, HERE));
  private Epoch mastersEpoch = FIVE;
  private boolean renewed = true;
  private boolean confirmed = true;
  private boolean awaits;
  private int ended;
  private final WriteFence fence = new WriteFence(views, new Lease(), new Confirmed(), late);

  private static ClusterView view(Epoch epoch, NodeId master) {
    return new ClusterView("test", HERE, epoch, Optional.of(master), true, List.of());
  }

  /** That of this node, as the cluster gives and takes it. */
  private final class Lease implements WriteRight {

    @Override
    public Epoch begin() {
      return renewed ? mastersEpoch : Epoch.NONE;
    }

    @Override
    public boolean stands(Epoch epoch) {
      return renewed && epoch.equals(mastersEpoch);
    }

    @Override
    public boolean mayStand(Epoch epoch) {
      return epoch.equals(mastersEpoch);
    }

    @Override
    public void end() {
      ended++;
    }
  }

  private final class Confirmed implements Attendance {
    @Override
    public boolean confirms(Epoch epoch) {
      return confirmed;
    }

    @Override
    public boolean awaits(Epoch epoch) {
      return awaits;
    }
  }

  private WritePass begin() throws WriteFence.Refused {
    return fence.admit(new WriteOrder(Purpose.WRITE, FIVE));
  }

  @Test
  void the_masters_waits_in_a_gap_of_its_lease_until_it_is_back() throws Exception {
    WritePass pass = begin();
    assertTrue(pass.decided());
    assertEquals(0, late.waiting());
    renewed = false;
    assertFalse(pass.decided());
    assertFalse(pass.decided());
    assertEquals(1, late.waiting());
    assertEquals(0, ended, "a hand-over waits for it");
    renewed = true;
    assertTrue(pass.decided());
    pass.end();
    assertEquals(0, late.waiting());
    assertEquals(1, ended);
  }

  @Test
  void it_waits_for_nothing_once_another_epoch_has_begun() throws Exception {
    WritePass pass = begin();
    renewed = false;
    assertFalse(pass.decided());
    mastersEpoch = SIX;
    assertTrue(pass.decided());
    renewed = true; // this node's own, but another one may have been master between the two
    assertTrue(pass.decided());
  }

  @Test
  void another_nodes_waits_while_the_epoch_goes_on() throws Exception {
    mastersEpoch = Epoch.NONE;
    views.publish(view(FIVE, OTHER));
    WritePass pass = begin();
    confirmed = false;
    assertFalse(pass.decided());
    views.publish(view(SIX, OTHER));
    assertTrue(pass.decided());
  }

  @Test
  void another_nodes_waits_in_the_next_epoch_until_nothing_of_an_earlier_one_counts()
      throws Exception {
    mastersEpoch = Epoch.NONE;
    views.publish(view(FIVE, OTHER));
    WritePass pass = begin();
    confirmed = false;
    awaits = true;
    views.publish(view(SIX, OTHER));
    assertFalse(pass.decided());
    awaits = false;
    confirmed = true;
    assertTrue(pass.decided());
  }

  @Test
  void it_waits_for_so_long_and_no_longer() throws Exception {
    WritePass pass = begin();
    renewed = false;
    assertFalse(pass.decided());
    clock.addAndGet(NANOS_MAX - 1);
    assertFalse(pass.decided());
    clock.addAndGet(1);
    assertTrue(pass.decided());
    assertTrue(pass.decided());
    assertEquals(1, late.waiting(), "until its answer is out");
    pass.end();
    assertEquals(0, late.waiting());
  }

  @Test
  void of_too_many_the_last_ones_do_not_wait() throws Exception {
    List<WritePass> passes = List.of(begin(), begin(), begin());
    renewed = false;
    assertFalse(passes.get(0).decided());
    assertFalse(passes.get(1).decided());
    assertTrue(passes.get(2).decided());
    assertEquals(2, late.waiting());
    passes.get(0).end();
    passes.get(0).end();
    assertEquals(1, late.waiting());
    assertFalse(passes.get(2).decided(), "there is room now");
    passes.forEach(WritePass::end);
    assertEquals(0, late.waiting());
    assertEquals(3, ended);
  }
}
