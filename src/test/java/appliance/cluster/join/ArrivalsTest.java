package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.HostPort;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Newcomers on their way. */
final class ArrivalsTest {

  private final AtomicLong clock = new AtomicLong();
  private final Arrivals arrivals = new Arrivals(clock::get);
  private final HostPort first = new HostPort("192.0.2.1", 7800);
  private final HostPort second = new HostPort("192.0.2.2", 7800);

  @Test
  void who_was_let_in_is_expected_for_some_seconds() {
    arrivals.expect(first);
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    arrivals.expect(second);
    assertEquals(Set.of(first, second), arrivals.expected());
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertEquals(Set.of(second), arrivals.expected());
    arrivals.expect(second);
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    assertEquals(Set.of(second), arrivals.expected(), "it was let in again");
  }

  @Test
  void a_crowd_is_not_remembered() {
    for (int port = 1; port <= 100; port++) {
      arrivals.expect(new HostPort("192.0.2.1", port));
    }
    assertEquals(32, arrivals.expected().size());
  }
}
