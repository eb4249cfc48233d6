package appliance.cluster.mastery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.raft.Timing;
import appliance.model.Epoch;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The right to write, on a clock that the test moves. */
final class LeaseTest {

  private static final Epoch FIVE = new Epoch(5);
  private static final Duration LENGTH = Duration.ofMillis(750);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1000);
  private final Lease lease = new Lease(clock::get);

  private void pass(long millis) {
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void counts_from_when_the_renewal_was_sent_not_from_its_answer() {
    lease.begin(FIVE, Duration.ZERO);
    long sentAt = clock.get();
    pass(700);
    lease.renewed(FIVE, sentAt, LENGTH);
    assertTrue(lease.valid());
    pass(50);
    assertFalse(lease.valid());
  }

  @Test
  void a_renewal_that_is_answered_after_a_pause_gives_nothing() {
    lease.begin(FIVE, Duration.ZERO);
    long sentAt = clock.get();
    pass(3000);
    lease.renewed(FIVE, sentAt, LENGTH);
    assertFalse(lease.valid());
    assertEquals(Epoch.NONE, lease.epoch());
  }

  @Test
  void may_stand_again_when_it_has_run_out_but_not_when_it_was_given_up() {
    lease.begin(FIVE, Duration.ZERO);
    lease.renewed(FIVE, clock.get(), LENGTH);
    pass(3000);
    assertFalse(lease.stands(FIVE));
    assertTrue(lease.mayStand(FIVE));
    assertFalse(lease.mayStand(new Epoch(4)));
    lease.renewed(FIVE, clock.get(), LENGTH);
    assertTrue(lease.stands(FIVE));
    lease.drop();
    assertFalse(lease.mayStand(FIVE));
    lease.begin(new Epoch(6), Duration.ZERO);
    lease.renewed(new Epoch(6), clock.get(), LENGTH);
    assertFalse(lease.mayStand(FIVE));
    assertFalse(lease.mayStand(Epoch.NONE));
  }

  @Test
  void is_not_usable_before_the_last_masters_lease_has_ended() {
    lease.begin(FIVE, Timing.SAFE.grace());
    lease.renewed(FIVE, clock.get(), LENGTH);
    assertFalse(lease.valid());
    pass(Timing.SAFE.grace().toMillis() - 1);
    lease.renewed(FIVE, clock.get(), LENGTH);
    assertFalse(lease.valid());
    pass(2);
    assertTrue(lease.valid());
    assertEquals(FIVE, lease.epoch());
  }

  @Test
  void an_answer_that_comes_after_the_end_does_not_bring_it_back() {
    lease.begin(FIVE, Duration.ZERO);
    lease.renewed(FIVE, clock.get(), LENGTH);
    lease.drop();
    lease.renewed(FIVE, clock.get(), LENGTH);
    assertFalse(lease.valid());
  }

  @Test
  void an_answer_for_an_earlier_epoch_does_not_count() {
    lease.begin(FIVE, Duration.ZERO);
    lease.renewed(new Epoch(4), clock.get(), LENGTH);
    assertFalse(lease.valid());
  }

  @Test
  void answers_out_of_order_do_not_shorten_it() {
    lease.begin(FIVE, Duration.ZERO);
    long first = clock.get();
    pass(500);
    lease.renewed(FIVE, clock.get(), LENGTH);
    lease.renewed(FIVE, first, LENGTH);
    pass(500);
    assertTrue(lease.valid());
  }

  @Test
  void while_it_finishes_no_write_begins_and_those_that_have_may_end() {
    lease.begin(FIVE, Duration.ZERO);
    assertEquals(Epoch.NONE, lease.begin(), "not renewed yet");
    lease.renewed(FIVE, clock.get(), LENGTH);
    assertEquals(FIVE, lease.begin());
    assertEquals(1, lease.finish());
    assertEquals(Epoch.NONE, lease.begin());
    pass(500);
    lease.renewed(FIVE, clock.get(), LENGTH);
    pass(500);
    assertTrue(lease.stands(FIVE), "it is renewed for what has begun");
    assertEquals(Epoch.NONE, lease.begin());
    lease.end();
    assertEquals(0, lease.finish());
    lease.drop();
    assertFalse(lease.stands(FIVE));
  }

  @Test
  void a_write_of_an_earlier_mastership_does_not_stand_in_the_next() {
    lease.begin(FIVE, Duration.ZERO);
    lease.renewed(FIVE, clock.get(), LENGTH);
    Epoch begun = lease.begin();
    lease.drop();
    lease.begin(FIVE.next(), Duration.ZERO);
    lease.renewed(FIVE.next(), clock.get(), LENGTH);
    assertFalse(lease.stands(begun));
    assertTrue(lease.stands(FIVE.next()));
  }
}
