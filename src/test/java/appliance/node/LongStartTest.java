package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.runtime.Readiness;
import appliance.testing.Await;
import appliance.testing.NotifySocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What systemd hears of a start that takes long; a socket of its kind, without systemd. */
final class LongStartTest {

  @Test
  void a_start_that_takes_long_is_given_more_time_until_it_is_over() {
    try (NotifySocket systemd = new NotifySocket()) {
      Readiness readiness = new Readiness(Map.of("NOTIFY_SOCKET", systemd.path()));
      Queue<String> waits = new ArrayDeque<>(List.of("", "it waits for its approval"));
      Supplier<String> wait = () -> Optional.ofNullable(waits.poll()).orElse("");
      try (LongStart patience = LongStart.begin(readiness, Duration.ofMillis(20), wait)) {
        assertTrue(patience.loop().isPresent());
        Await.until("two words", () -> systemd.heard().size() >= 2);
        assertTrue(
            systemd.heard().get(0).endsWith("STATUS=starting; the log says what is waited for"));
        assertTrue(systemd.heard().get(1).endsWith("STATUS=starting; it waits for its approval"));
      }
      readiness.ready();
      String last = "READY=1\nSTATUS=serving";
      Await.until("the last word", () -> systemd.heard().contains(last));
      List<String> before = new ArrayList<>(systemd.heard());
      assertEquals(last, before.remove(before.size() - 1));
      for (String word : before) {
        assertTrue(word.startsWith("EXTEND_TIMEOUT_USEC=120000000\nSTATUS=starting"), word);
      }
    }
  }

  @Test
  void without_systemd_nothing_runs() {
    try (LongStart patience =
        LongStart.begin(new Readiness(Map.of()), Duration.ofMillis(20), () -> "")) {
      assertTrue(patience.loop().isEmpty());
    }
  }
}
