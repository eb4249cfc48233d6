package appliance.edge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HealthConfig;
import appliance.model.CheckResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

final class AppHealthTest {

  private Instant now = Instant.parse("2026-01-01T12:00:03Z");

  private final AppHealth health =
      new AppHealth(HealthRules.of(HealthConfig.DEFAULTS), new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      });

  @Test
  void a_new_one_is_unhealthy_until_its_first_good_check() {
    assertEquals("not checked yet", health.health().reason());
    health.good();
    assertTrue(health.health().healthy());
  }

  @Test
  void three_bad_checks_take_it_out_and_two_good_ones_bring_it_back() {
    health.good();
    health.bad("status 500");
    health.bad("status 500");
    assertTrue(health.health().healthy());
    health.bad("status 500");
    assertTrue(health.health().reason().startsWith("status 500 since "));
    health.good();
    assertFalse(health.health().healthy());
    health.good();
    assertTrue(health.health().healthy());
  }

  @Test
  void a_check_that_is_put_off_counts_for_nothing() {
    health.good();
    health.bad("status 500");
    health.bad("status 500");
    putOff(10);
    assertTrue(health.health().healthy());
    health.bad("status 500");
    assertFalse(health.health().healthy());
    putOff(10);
    assertTrue(health.health().reason().startsWith("status 500 since "));
    health.good();
    putOff(10);
    assertFalse(health.health().healthy());
    health.good();
    assertTrue(health.health().healthy());
  }

  @Test
  void one_that_is_busy_since_it_is_known_gets_traffic_in_the_end() {
    putOff(2);
    assertEquals("not checked yet", health.health().reason());
    putOff(1);
    assertTrue(health.health().healthy());
    for (int i = 0; i < 3; i++) {
      assertTrue(health.health().healthy());
      health.bad("status 500");
    }
    putOff(10);
    assertTrue(health.health().reason().startsWith("status 500 since "));
  }

  @Test
  void one_that_was_not_there_and_is_busy_gets_traffic_in_the_end() {
    health.good();
    health.unreachable("connection refused");
    putOff(2);
    assertFalse(health.health().healthy());
    putOff(1);
    assertTrue(health.health().healthy());
    health.bad("status 500");
    assertTrue(health.health().healthy());
  }

  @Test
  void one_that_answered_errors_is_not_back_for_having_been_away() {
    health.good();
    for (int i = 0; i < 3; i++) {
      health.bad("status 500");
    }
    health.checked(CheckResult.absent("connection refused"));
    putOff(10);
    assertFalse(health.health().healthy());
  }

  private void putOff(int times) {
    for (int i = 0; i < times; i++) {
      health.checked(CheckResult.BUSY);
    }
  }

  @Test
  void the_reason_keeps_the_time_of_the_fall() {
    health.good();
    health.unreachable("connection refused");
    String reason = health.health().reason();
    now = now.plusSeconds(60);
    health.bad("connection refused");
    assertEquals(reason, health.health().reason());
  }

  @Test
  void an_ejection_lasts_longer_each_time() {
    health.good();
    health.eject("requests failed", "status 503");
    now = now.plus(Duration.ofSeconds(29));
    assertFalse(health.health().healthy());
    now = now.plus(Duration.ofSeconds(2));
    assertTrue(health.health().healthy());
    health.eject("requests failed", "status 503");
    now = now.plus(Duration.ofSeconds(59));
    assertFalse(health.health().healthy());
    now = now.plus(Duration.ofSeconds(2));
    assertTrue(health.health().healthy());
  }

  @Test
  void it_does_so_after_many_good_checks_too_unless_they_are_since_its_return() {
    good(200);
    health.eject("requests failed", "status 503");
    good(200);
    now = now.plus(Duration.ofSeconds(31));
    good(60);
    health.eject("requests failed", "status 503");
    now = now.plus(Duration.ofSeconds(59));
    assertFalse(health.health().healthy());
    now = now.plus(Duration.ofSeconds(2));
    good(61);
    health.eject("requests failed", "status 503");
    now = now.plus(Duration.ofSeconds(31));
    assertTrue(health.health().healthy());
  }

  private void good(int checks) {
    for (int i = 0; i < checks; i++) {
      health.good();
    }
  }

  @Test
  void one_that_was_ejected_and_then_found_dead_is_back_as_soon_as_its_checks_are_good() {
    health.good();
    health.eject("requests failed", "status 503");
    for (int i = 0; i < 3; i++) {
      health.bad("connection refused");
    }
    assertTrue(health.health().reason().startsWith("connection refused since "));
    health.good();
    health.good();
    assertTrue(health.health().healthy());
  }
}
