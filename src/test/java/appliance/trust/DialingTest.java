package appliance.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import appliance.testing.Await;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** For whom a member waits, and for how long. */
final class DialingTest {

  private static final InetSocketAddress PEER = InetSocketAddress.createUnresolved("peer", 7800);

  @Test
  void a_probe_that_fails_in_an_odd_way_does_not_cut_a_member_off_for_ever() {
    AtomicInteger probes = new AtomicInteger();
    Dialing dialing = new Dialing((to, millis) -> {
      if (probes.incrementAndGet() == 1) {
        throw new IllegalStateException("odd");
      }
    });
    dialing.silent(PEER);
    assertThrows(SocketTimeoutException.class, () -> dialing.patience(PEER));
    Await.until("it is tried again, and taken", () -> {
      try {
        return dialing.patience(PEER) > 0;
      } catch (SocketTimeoutException e) {
        return false;
      }
    });
    assertEquals(2, probes.get());
  }

  @Test
  void so_does_one_that_finds_no_memory() {
    AtomicInteger probes = new AtomicInteger();
    Dialing dialing = new Dialing((to, millis) -> {
      if (probes.incrementAndGet() == 1) {
        throw new OutOfMemoryError("for a test");
      }
    });
    dialing.silent(PEER);
    assertThrows(SocketTimeoutException.class, () -> dialing.patience(PEER));
    Await.until("it is tried again, and taken", () -> {
      try {
        return dialing.patience(PEER) > 0;
      } catch (SocketTimeoutException e) {
        return false;
      }
    });
    assertEquals(2, probes.get());
  }

  @Test
  void a_slow_peer_is_waited_for_longer_than_a_quick_one_but_a_second_at_most() throws Exception {
    Dialing dialing = new Dialing((to, millis) -> {});
    assertEquals(Dialing.PATIENCE_MILLIS_MAX, dialing.patience(PEER));
    dialing.answered(PEER, TimeUnit.MILLISECONDS.toNanos(5));
    assertEquals(250, dialing.patience(PEER));
    dialing.answered(PEER, TimeUnit.MILLISECONDS.toNanos(200));
    assertEquals(800, dialing.patience(PEER));
    dialing.answered(PEER, TimeUnit.MILLISECONDS.toNanos(900));
    assertEquals(Dialing.PATIENCE_MILLIS_MAX, dialing.patience(PEER));
  }
}
