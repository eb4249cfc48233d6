package appliance.cluster.join;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Look-ups of names, at a name server that hangs. */
final class NamesTest {

  private static final Duration MOMENT = Duration.ofMillis(1);

  private final CountDownLatch answers = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final Names names = new Names(this::lookUp);

  @AfterEach
  void stop() {
    answers.countDown();
    names.close();
  }

  private InetSocketAddress lookUp(HostPort host) {
    asked.incrementAndGet();
    while (answers.getCount() > 0) {
      Await.pause(5);
    }
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), host.port());
  }

  @Test
  void who_asks_for_a_name_again_waits_for_the_look_up_that_is_under_way() throws IOException {
    HostPort host = new HostPort("web1.example", 1);
    for (int i = 0; i < 40; i++) {
      assertThrows(SocketTimeoutException.class, () -> names.address(host, MOMENT));
    }
    assertEquals(1, asked.get());
    answers.countDown();
    assertEquals(1, names.address(host, Await.DEADLINE).getPort());
  }

  @Test
  void with_too_many_that_hang_no_more_are_begun_and_addresses_need_none() throws IOException {
    for (int i = 0; i < 16; i++) {
      HostPort host = new HostPort("web" + i + ".example", 1);
      assertThrows(SocketTimeoutException.class, () -> names.address(host, MOMENT));
    }
    HostPort host = new HostPort("more.example", 1);
    IOException more =
        assertThrows(SocketTimeoutException.class, () -> names.address(host, Await.DEADLINE));
    assertTrue(String.valueOf(more.getMessage()).contains("16 names"), more.getMessage());
    assertEquals(1, names.address(new HostPort("127.0.0.1", 1), MOMENT).getPort());
    assertEquals(1, names.address(new HostPort("::1", 1), MOMENT).getPort());
  }
}
