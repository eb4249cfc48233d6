package appliance.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.LogLines;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class RefusalsTest {

  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @AutoClose
  private final LogLines told = LogLines.of(Refusals.class);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final Refusals refusals = new Refusals(nanos::get);

  @Test
  void a_cause_is_logged_once_for_each_address_and_always_counted() throws Exception {
    InetAddress there = InetAddress.getByName("192.0.2.1");
    for (int i = 0; i < 3; i++) {
      refusals.count(HERE, Refusal.NO_TLS, "garbage");
      refusals.count(there, Refusal.NO_TLS, "garbage");
    }
    assertEquals(2, told.all().size(), told.all()::toString);
    assertTrue(told.all().get(1).contains("192.0.2.1 was refused: it does not speak TLS"));
    assertEquals(6, refusals.count(Refusal.NO_TLS));
  }

  @Test
  void what_passes_as_nodes_start_together_is_counted_and_not_logged() {
    for (Refusal refusal : List.of(Refusal.UNKNOWN_KEY, Refusal.REFUSED_THERE, Refusal.HUNG_UP)) {
      refusals.count(HERE, refusal, "");
    }
    refusals.met(HERE);
    later(3600);
    assertEquals(List.of(), told.all());
    assertEquals(1, refusals.count(Refusal.UNKNOWN_KEY));
    refusals.count(HERE, Refusal.UNKNOWN_KEY, "as it starts anew");
    refusals.met(HERE);
    later(5);
    assertEquals(List.of(), told.all());
  }

  @Test
  void a_stranger_that_comes_but_once_is_logged_once_although_members_come_from_elsewhere()
      throws Exception {
    refusals.count(HERE, Refusal.UNKNOWN_KEY, "fingerprint 1234");
    refusals.met(InetAddress.getByName("192.0.2.1"));
    later(4);
    assertEquals(List.of(), told.all());
    later(1);
    refusals.met(HERE);
    refusals.count(HERE, Refusal.UNKNOWN_KEY, "fingerprint 1234");
    later(5);
    assertEquals(1, told.all().size(), told.all()::toString);
    assertTrue(told.all().get(0).contains("its key is no member's (fingerprint 1234)"));
  }

  private void later(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    refusals.tellWhatStays();
  }
}
