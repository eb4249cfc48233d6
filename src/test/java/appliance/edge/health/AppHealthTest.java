package appliance.edge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.config.HealthConfig;
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
    health.eject("status 503");
    now = now.plus(Duration.ofSeconds(29));
    assertFalse(health.health().healthy());
    now = now.plus(Duration.ofSeconds(2));
    assertTrue(health.health().healthy());
    health.eject("status 503");
    now = now.plus(Duration.ofSeconds(59));
    assertFalse(health.health().healthy());
    now = now.plus(Duration.ofSeconds(2));
    assertTrue(health.health().healthy());
  }

  @Test
  void one_that_was_ejected_and_then_found_dead_is_back_as_soon_as_its_checks_are_good() {
    health.good();
    health.eject("status 503");
    for (int i = 0; i < 3; i++) {
      health.bad("connection refused");
    }
    assertTrue(health.health().reason().startsWith("connection refused since "));
    health.good();
    health.good();
    assertTrue(health.health().healthy());
  }
}
