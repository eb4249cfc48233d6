package appliance.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.PeerFuzz;
import appliance.testing.Scenario;
import appliance.testing.Seed;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody without a key does to the ports between the nodes; {@code scripts/fuzz-peers} for long. */
@Tag("scenario")
final class StrangersAtThePortsTest {

  @RegisterExtension
  final Scenario scenario = new Scenario();

  @Test
  void garbage_half_handshakes_and_floods_cost_nothing_but_their_connections() throws Exception {
    long seed = Seed.next();
    PeerFuzz fuzz = scenario.owns(new PeerFuzz(scenario.folder("fuzz")));
    fuzz.nodes().forEach(scenario::owns);
    String report = fuzz.run(seed, Duration.ofSeconds(5));
    assertTrue(report.contains("garbage"), report);
  }
}
