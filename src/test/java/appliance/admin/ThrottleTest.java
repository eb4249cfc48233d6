package appliance.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ThrottleTest {

  private long nanos;
  private final Throttle throttle = new Throttle(() -> nanos);

  @Test
  void each_failure_doubles_the_wait_up_to_a_minute() {
    for (int i = 0; i < Throttle.FREE_TRIES; i++) {
      assertEquals(Optional.empty(), throttle.waitOf("a"));
      throttle.failed("a");
    }
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      assertEquals(Optional.of(Duration.ofSeconds(seconds)), throttle.waitOf("a"));
      pass(Duration.ofSeconds(seconds));
      assertEquals(Optional.empty(), throttle.waitOf("a"));
      throttle.failed("a");
    }
  }

  @Test
  void other_addresses_are_not_punished() {
    for (int i = 0; i < 6; i++) {
      throttle.failed("a");
    }
    assertEquals(Optional.empty(), throttle.waitOf("b"));
  }

  @Test
  void success_and_time_forgive() {
    for (int i = 0; i < 6; i++) {
      throttle.failed("a");
      throttle.failed("b");
    }
    throttle.succeeded("a");
    assertEquals(Optional.empty(), throttle.waitOf("a"));
    assertTrue(throttle.waitOf("b").isPresent());
    pass(Throttle.FORGET);
    throttle.failed("b");
    assertEquals(Optional.empty(), throttle.waitOf("b"));
  }

  @Test
  void many_addresses_together_are_slowed_but_not_the_one_that_knew_the_password() {
    throttle.succeeded("operator");
    for (int i = 0; i < Throttle.GLOBAL_BURST; i++) {
      throttle.failed("guesser" + i);
    }
    assertTrue(throttle.waitOf("next").isPresent());
    assertEquals(Optional.empty(), throttle.waitOf("operator"));
    pass(Duration.ofSeconds(1));
    assertEquals(Optional.empty(), throttle.waitOf("next"));
  }

  @Test
  void the_table_stays_small_under_a_flood_of_addresses() {
    for (int i = 0; i < 100_000; i++) {
      throttle.failed("address" + i);
    }
    assertTrue(throttle.waitOf("fresh").isPresent());
    assertTrue(throttle.sources() <= Throttle.SOURCES_MAX);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
