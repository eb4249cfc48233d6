package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

final class UnlessEndingTest {

  private final XnioWorker worker = Xnio.getInstance()
      .createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1, Options.THREAD_DAEMON, true));

  private final XnioIoThread thread = worker.getIoThread();
  private final CompletableFuture<String> done = new CompletableFuture<>();

  UnlessEndingTest() throws java.io.IOException {}

  @AfterEach
  void end() {
    worker.shutdownNow();
  }

  @Test
  void a_thread_does_what_it_is_given_at_once() {
    UnlessEnding.execute(thread, () -> done.complete("done"));
    assertEquals("done", done.join());
  }

  @Test
  void a_thread_does_what_it_is_given_later() {
    assertNotNull(UnlessEnding.executeAfter(
        thread::executeAfter, () -> done.complete("later"), 1, TimeUnit.MILLISECONDS));
    assertEquals("later", done.join());
  }

  @Test
  void one_that_has_ended_does_nothing_and_nobody_fails_for_it() throws InterruptedException {
    worker.shutdownNow();
    assertTrue(worker.awaitTermination(60, TimeUnit.SECONDS));
    UnlessEnding.execute(thread, () -> done.complete("done"));
    assertNull(UnlessEnding.executeAfter(
        thread::executeAfter, () -> done.complete("later"), 0, TimeUnit.MILLISECONDS));
    assertEquals("nothing", done.getNow("nothing"));
  }
}
