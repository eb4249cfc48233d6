package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.MasterCommand;
import appliance.model.Epoch;
import appliance.model.GtidPosition;
import appliance.model.NodeId;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Until when an earlier master, or a node beside it, may have acknowledged writes. */
final class GrantsTest {

  private static final Epoch FIVE = new Epoch(5);
  private static final Epoch SIX = new Epoch(6);
  private static final Epoch SEVEN = new Epoch(7);

  /** Near the end of what a long holds: {@link System#nanoTime} may begin anywhere. */
  private long now = Long.MAX_VALUE - 100;

  private final Grants grants = new Grants(() -> now);

  private long at(long time) {
    now = Long.MAX_VALUE - 100 + time;
    return now;
  }

  @Test
  void what_was_in_the_log_at_the_start_counts_as_if_it_had_come_then() {
    long start = now;
    at(50);
    assertEquals(start, grants.lastBefore(SIX));
  }

  @Test
  void the_last_one_of_any_earlier_epoch_counts_and_the_epochs_own_do_not() {
    grants.came(FIVE);
    long last = at(200);
    grants.came(FIVE);
    at(300);
    grants.came(SIX);
    at(400);
    grants.came(SIX);
    assertEquals(last, grants.lastBefore(SIX));
    assertEquals(now, grants.lastBefore(SEVEN));
  }

  @Test
  void one_of_an_earlier_epoch_that_comes_late_counts_although_it_will_be_refused() {
    grants.came(SIX);
    long late = at(200);
    grants.came(FIVE);
    assertEquals(late, grants.lastBefore(SIX));
    assertEquals(late, grants.lastBefore(SEVEN));
    grants.came(SEVEN);
    assertEquals(late, grants.lastBefore(SEVEN));
  }

  @Test
  void a_snapshot_counts_as_if_all_in_it_had_come_with_it() {
    grants.came(FIVE);
    long installed = at(200);
    grants.replaced();
    assertEquals(installed, grants.lastBefore(FIVE));
    assertEquals(installed, grants.lastBefore(SEVEN));
  }

  @Test
  void renewals_and_attendances_give_a_right_when_they_come_and_not_when_they_are_agreed_on()
      throws IOException {
    ReplicatedState state = new ReplicatedState(() -> {}, () -> now);
    NodeId id = NodeId.random();
    byte[] renewal = new MasterCommand.Renew(FIVE, id, GtidPosition.START).encode();
    long came = at(10);
    state.appended(renewal);
    at(20);
    state.appended(new ClusterCommand.Beat().encode());
    state.appended(new MasterCommand.Assign(FIVE, id).encode());
    state.appended(new byte[] {99, 1, 2});
    state.apply(renewal);
    assertEquals(came, state.lastGrantBefore(SIX));
    long attended = at(30);
    state.appended(new MasterCommand.Attend(FIVE, id).encode());
    assertEquals(attended, state.lastGrantBefore(SIX));
    long restored = at(40);
    state.restore(state.snapshot());
    assertEquals(restored, state.lastGrantBefore(SIX));
  }
}
