package appliance.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BackPressureTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final BackPressure pressure = new BackPressure();
  private long now = Long.MAX_VALUE - MILLI; // the monotonic clock may be anywhere

  private void pause(int millis) {
    pressure.begin(now);
    now += millis * MILLI;
  }

  @Test
  void one_that_was_always_read_has_no_excuse() {
    assertFalse(pressure.excuses(now));
    pressure.end(now);
    assertFalse(pressure.excuses(now + 5_000 * MILLI));
  }

  @Test
  void a_pause_excuses_once_it_is_long_and_afterwards_too() {
    pause(999);
    assertFalse(pressure.excuses(now));
    pause(1);
    assertTrue(pressure.on());
    assertTrue(pressure.excuses(now));
    pressure.end(now);
    assertEquals(false, pressure.on());
    assertTrue(pressure.excuses(now));
  }

  @Test
  void short_ones_add_up_and_the_time_between_them_does_not() {
    for (int i = 0; i < 10; i++) {
      assertFalse(pressure.excuses(now));
      pause(100);
      pressure.end(now);
      now += 5_000 * MILLI;
    }
    assertTrue(pressure.excuses(now));
  }
}
