package appliance.edge.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RetryBudgetTest {

  private final AtomicLong nanos = new AtomicLong();
  private final RetryBudget budget = new RetryBudget(nanos::get);

  private int takeAll() {
    int taken = 0;
    while (budget.take()) {
      taken++;
    }
    return taken;
  }

  @Test
  void a_fifth_of_the_requests_may_be_retried() {
    takeAll();
    for (int i = 0; i < 100; i++) {
      budget.request();
    }
    assertEquals(20, takeAll());
  }

  @Test
  void three_a_second_are_always_allowed_and_saved_for_ten_seconds() {
    assertEquals(30, takeAll());
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertEquals(6, takeAll());
    nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
    assertEquals(30, takeAll());
  }
}
