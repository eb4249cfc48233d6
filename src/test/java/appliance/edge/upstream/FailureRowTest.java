package appliance.edge.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FailureRowTest {

  private final FailureRow row = new FailureRow();
  private long now = Long.MAX_VALUE - 1_000; // a clock that passes its end

  private int addAfter(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
    return row.add(now);
  }

  @Test
  void a_minute_in_which_nothing_more_goes_wrong_ends_it() {
    assertEquals(1, addAfter(0));
    assertEquals(2, addAfter(59));
    assertEquals(3, addAfter(60));
    assertEquals(1, addAfter(61));
    assertEquals(2, addAfter(1));
  }

  @Test
  void what_began_before_the_last_one_went_wrong_is_a_part_of_that() {
    long begun = now;
    assertTrue(row.isNew(begun));
    addAfter(1);
    assertFalse(row.isNew(begun));
    assertTrue(row.isNew(now + 1));
    row.end();
    assertTrue(row.isNew(begun));
  }

  @Test
  void what_goes_right_ends_it() {
    addAfter(0);
    addAfter(0);
    row.end();
    assertEquals(1, addAfter(0));
  }
}
