package appliance.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import appliance.runtime.ExitCode;
import appliance.runtime.Readiness;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a node's process ends, without ending one. */
final class EndingTest {

  private static final Readiness SERVICE = new Readiness(Map.of("NOTIFY_SOCKET", "/nowhere"));
  private static final Readiness BY_HAND = new Readiness(Map.of());
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration LONG = Duration.ofHours(1);

  private final BlockingQueue<Integer> halts = new LinkedBlockingQueue<>();

  private Ending ending(Readiness readiness, Duration closeMax) {
    return new Ending(readiness, closeMax, halts::add);
  }

  /** The code of the halt that comes, as it must. */
  private @Nullable Integer halt() throws InterruptedException {
    return halts.poll(60, TimeUnit.SECONDS);
  }

  @Test
  void a_service_is_told_by_the_exit_code_of_a_node_that_is_deaf() throws InterruptedException {
    Ending ending = ending(SERVICE, LONG);
    ending.restart(ExitCode.DEAF);
    assertEquals(ExitCode.DEAF, ending.await());
    ending.over();
    ending.terminate(() -> {}); // as the JVM does at each exit
    assertNull(halts.poll(), "it exits by itself");
  }

  @Test
  void a_node_that_is_to_be_started_anew_ends_with_the_code_for_why() throws InterruptedException {
    Ending ending = ending(SERVICE, AT_ONCE);
    ending.restart(ExitCode.NOT_NOW);
    assertEquals(ExitCode.NOT_NOW, ending.await());
    assertEquals(ExitCode.NOT_NOW.number(), halt());
  }

  @Test
  void a_deaf_node_that_cannot_close_ends_all_the_same() throws InterruptedException {
    ending(SERVICE, AT_ONCE).restart(ExitCode.DEAF);
    assertEquals(ExitCode.DEAF.number(), halt());
  }

  @Test
  void a_deaf_node_that_was_started_by_hand_stays_until_it_is_told() throws Exception {
    Ending ending = ending(BY_HAND, AT_ONCE);
    ending.restart(ExitCode.DEAF);
    assertNull(halts.poll(100, TimeUnit.MILLISECONDS));
    CompletableFuture<Void> sigterm = CompletableFuture.runAsync(() -> ending.terminate(() -> {}));
    assertEquals(ExitCode.OK, ending.await(), "it was told to end, and is no failure");
    sigterm.get(60, TimeUnit.SECONDS);
    assertEquals(ExitCode.FAILED.number(), halt(), "it was not over in time");
  }

  @Test
  void a_node_that_has_left_the_cluster_ends_also_where_no_service_listens() throws Exception {
    Ending ending = ending(BY_HAND, AT_ONCE);
    ending.restart(ExitCode.NOT_NOW);
    assertEquals(ExitCode.NOT_NOW, ending.await());
    assertEquals(ExitCode.NOT_NOW.number(), halt());
  }

  @Test
  void a_stop_of_the_service_while_a_deaf_node_ends_waits_for_that() throws Exception {
    Ending ending = ending(SERVICE, LONG);
    ending.restart(ExitCode.DEAF);
    CompletableFuture<Void> sigterm = CompletableFuture.runAsync(() -> ending.terminate(() -> {}));
    assertEquals(ExitCode.DEAF, ending.await());
    assertNull(halts.poll(100, TimeUnit.MILLISECONDS), "it is not over");
    ending.over();
    sigterm.get(60, TimeUnit.SECONDS);
    assertEquals(ExitCode.OK.number(), halt(), "as after a stop in order");
  }

  @Test
  void who_is_told_during_its_start_ends_that() {
    Ending ending = ending(SERVICE, AT_ONCE);
    ending.terminate(() -> halts.add(-1));
    assertEquals(-1, halts.poll());
    assertEquals(ExitCode.FAILED.number(), halts.poll());
  }
}
