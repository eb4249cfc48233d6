package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.HostPort;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Newcomers on their way. */
final class NewcomersTest {

  private final AtomicLong clock = new AtomicLong();
  private final Newcomers newcomers = new Newcomers(clock::get);
  private final HostPort first = new HostPort("192.0.2.1", 7800);
  private final HostPort second = new HostPort("192.0.2.2", 7800);

  @Test
  void who_was_let_in_is_expected_for_some_seconds() {
    newcomers.expect(first);
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    newcomers.expect(second);
    assertEquals(Set.of(first, second), newcomers.expected());
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertEquals(Set.of(second), newcomers.expected());
    newcomers.expect(second);
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    assertEquals(Set.of(second), newcomers.expected(), "it was let in again");
  }

  @Test
  void a_crowd_is_not_remembered() {
    for (int port = 1; port <= 100; port++) {
      newcomers.expect(new HostPort("192.0.2.1", port));
    }
    assertEquals(32, newcomers.expected().size());
  }
}
