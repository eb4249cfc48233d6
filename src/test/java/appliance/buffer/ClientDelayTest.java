package appliance.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ClientDelayTest {

  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private final ClientDelay delay = new ClientDelay();
  private long now = Long.MAX_VALUE - MILLI; // the monotonic clock may be anywhere

  private void pause(int millis) {
    delay.begin(now);
    now += millis * MILLI;
  }

  @Test
  void one_that_was_always_read_has_no_excuse() {
    assertFalse(delay.excuses(now));
    delay.end(now);
    assertFalse(delay.excuses(now + 5_000 * MILLI));
  }

  @Test
  void a_pause_excuses_once_it_is_long_and_afterwards_too() {
    pause(999);
    assertFalse(delay.excuses(now));
    pause(1);
    assertTrue(delay.on());
    assertTrue(delay.excuses(now));
    delay.end(now);
    assertEquals(false, delay.on());
    assertTrue(delay.excuses(now));
  }

  @Test
  void short_ones_add_up_and_the_time_between_them_does_not() {
    for (int i = 0; i < 10; i++) {
      assertFalse(delay.excuses(now));
      pause(100);
      delay.end(now);
      now += 5_000 * MILLI;
    }
    assertTrue(delay.excuses(now));
  }
}
