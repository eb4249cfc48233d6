package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LoopTest {

  @Test
  void a_full_loop_refuses_what_is_to_be_done_at_once_and_takes_what_is_to_be_done_after_a_while()
      throws InterruptedException {
    try (Loop loop = new Loop("full", 2)) {
      CountDownLatch busy = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      loop.execute(() -> {
        busy.countDown();
        awaitUninterrupted(go);
      });
      busy.await();
      loop.execute(() -> {});
      loop.execute(() -> {});
      assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
      CountDownLatch done = new CountDownLatch(1);
      loop.after(Duration.ZERO, done::countDown);
      go.countDown();
      assertTrue(done.await(90, TimeUnit.SECONDS));
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
