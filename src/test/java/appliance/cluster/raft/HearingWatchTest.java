package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;

/** What is deafness, and what only looks like it; looks are made by hand, by a clock that stands still between. */
final class HearingWatchTest {

  private static final Address A = UUID.randomUUID();
  private static final Address B = UUID.randomUUID();
  private static final Address C = UUID.randomUUID();
  private static final int HOUR = 3600;

  private final AtomicLong clock = new AtomicLong(-5);
  private final Others others = new Others();
  private final HearingWatch watch = new HearingWatch(others, () -> others.disk, clock::get);

  /** Who is there, and whether they answer. */
  private static final class Others implements HearingWatch.Ear {

    private Set<Address> audible = Set.of(A, B);
    private boolean answer = true;
    private long view = 7;
    private long ahead;
    private boolean disk;
    private int rank;
    private int questions;

    @Override
    public boolean heard() {
      return answer;
    }

    @Override
    public Set<Address> audible() {
      return audible;
    }

    @Override
    public int rank() {
      return rank;
    }

    @Override
    public long view() {
      return view;
    }

    @Override
    public long ahead() {
      return ahead;
    }

    @Override
    public void ask() {
      questions++;
    }
  }

  private void look() {
    clock.addAndGet(HearingWatch.PERIOD.toNanos());
    watch.look();
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      look();
      assertFalse(watch.isDeaf(), "at look " + (i + 1) + " of " + times);
    }
  }

  /** It is time from then on. */
  private void grow() {
    look(HearingWatch.LOOKS_MIN);
  }

  @Test
  void who_hears_nothing_of_several_others_who_are_there_is_deaf_after_half_a_minute() {
    grow();
    others.answer = false;
    look(HearingWatch.DEAF_LOOKS - 1);
    look();
    assertTrue(watch.isDeaf());
    others.answer = true;
    look(1);
  }

  @Test
  void who_has_heard_nothing_for_a_few_looks_does_not_hear_for_now() {
    look(1);
    others.answer = false;
    look(2);
    assertTrue(watch.hears());
    look(1);
    assertFalse(watch.hears());
    others.audible = Set.of(); // they never answer
    look(1);
    assertTrue(watch.hears());
  }

  @Test
  void each_look_asks_anew_but_seldom_of_those_who_stay_silent_for_long() {
    look(10);
    assertEquals(10, others.questions);
    others.audible = Set.of(A);
    others.answer = false;
    look(HOUR);
    int seldom = others.questions;
    assertTrue(seldom < HOUR / 4, seldom + " questions");
    look(HOUR);
    assertEquals(seldom + HOUR / 60, others.questions);
    others.answer = true;
    look(10);
    assertEquals(seldom + HOUR / 60 + 10, others.questions);
  }

  @Test
  void who_hears_but_does_not_get_the_view_that_two_others_have_is_deaf_as_well() {
    grow();
    others.ahead = 2;
    look(HearingWatch.DEAF_LOOKS - 1);
    look();
    assertTrue(watch.isDeaf());
  }

  @Test
  void a_view_that_one_other_alone_has_and_one_that_comes_late_are_no_deafness() {
    grow();
    others.ahead = 1;
    look(HOUR);
    for (int i = 0; i < 20; i++) {
      others.ahead = 2;
      look(HearingWatch.DEAF_LOOKS - 1);
      others.view++; // there is a later one again by then
    }
  }

  @Test
  void a_view_that_may_wait_for_a_disk_that_hangs_is_no_deafness() {
    grow();
    others.ahead = 2;
    others.disk = true;
    look(HOUR);
  }

  @Test
  void one_answer_in_half_a_minute_is_enough() {
    grow();
    for (int i = 0; i < 20; i++) {
      others.answer = false;
      look(HearingWatch.DEAF_LOOKS - 1);
      others.answer = true;
      look(1);
    }
  }

  @Test
  void of_one_other_alone_nobody_knows_which_of_the_two_hangs() {
    others.audible = Set.of(A);
    grow();
    others.answer = false;
    look(HOUR);
  }

  @Test
  void who_is_alone_or_cut_off_or_among_those_of_an_earlier_version_is_not_deaf() {
    others.audible = Set.of();
    grow();
    others.answer = false;
    look(HOUR);
  }

  @Test
  void a_process_that_was_stopped_has_not_listened_meanwhile() {
    grow();
    others.answer = false;
    look(HearingWatch.DEAF_LOOKS - 1);
    clock.addAndGet(HearingWatch.LATE.toNanos() * 1000);
    look(HearingWatch.DEAF_LOOKS);
  }

  @Test
  void one_that_gets_no_time_to_listen_is_not_deaf() {
    grow();
    others.answer = false;
    for (int i = 0; i < HOUR; i++) {
      clock.addAndGet(HearingWatch.LATE.toNanos());
      look(1);
    }
  }

  @Test
  void whenever_another_one_comes_or_goes_it_waits_anew() {
    grow();
    others.answer = false;
    look(HearingWatch.DEAF_LOOKS - 1);
    others.audible = Set.of(A, B, C);
    look(HearingWatch.DEAF_LOOKS);
    others.audible = Set.of(B, C);
    look(HearingWatch.DEAF_LOOKS);
    look();
    assertTrue(watch.isDeaf());
  }

  @Test
  void not_all_are_deaf_at_once_the_first_of_the_view_is_first() {
    grow();
    others.answer = false;
    others.rank = 2;
    look(HearingWatch.DEAF_LOOKS + 2 * HearingWatch.LOOKS_PER_RANK - 1);
    look();
    assertTrue(watch.isDeaf());
  }

  @Test
  void it_is_not_deaf_again_within_minutes_of_its_start() {
    others.answer = false;
    look(HearingWatch.LOOKS_MIN - 1);
    look();
    assertTrue(watch.isDeaf());
  }
}
