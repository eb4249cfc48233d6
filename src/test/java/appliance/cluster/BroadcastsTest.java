package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of broadcasts when the network stands still. */
final class BroadcastsTest {

  @Test
  void a_network_that_stands_still_holds_up_no_sender_and_the_surplus_is_counted()
      throws Exception {
    CountDownLatch sessionSwitch = new CountDownLatch(1);
    AtomicInteger sent = new AtomicInteger();
    Broadcasts broadcasts = new Broadcasts(message -> {
      try {
        sessionSwitch.await();
        sent.incrementAndGet();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    try (broadcasts) {
      int messages = 100;
      for (int i = 0; i < messages; i++) {
        broadcasts.to("t").send(new byte[256 * 1024]); // comes back, though nothing is sent
      }
      long dropped = broadcasts.dropped();
      assertTrue(dropped > 0 && dropped < messages, "dropped " + dropped);
      sessionSwitch.countDown();
      Await.until("all that was not dropped", () -> sent.get() == messages - dropped);
      assertEquals(dropped, broadcasts.dropped());
    }
  }
}
