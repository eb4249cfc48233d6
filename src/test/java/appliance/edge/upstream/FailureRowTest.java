package appliance.edge.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class FailureRowTest {

  private final FailureRow row = new FailureRow();
  private long now = Long.MAX_VALUE - 1_000; // a clock that passes its end

  private int addAfter(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
    return row.add(now);
  }

  @Test
  void a_minute_in_which_nothing_more_goes_wrong_ends_it() {
    assertEquals(1, addAfter(0));
    assertEquals(2, addAfter(59));
    assertEquals(3, addAfter(60));
    assertEquals(1, addAfter(61));
    assertEquals(2, addAfter(1));
  }

  @Test
  void what_began_before_the_last_one_went_wrong_is_a_part_of_that() {
    long begun = now;
    assertEquals(1, row.addNew(begun, now + 1));
    assertEquals(0, row.addNew(begun, now + 2));
    assertEquals(0, row.addNew(now + 1, now + 2));
    assertEquals(2, row.addNew(now + 2, now + 3));
    row.end();
    assertEquals(1, row.addNew(begun, now + 4));
  }

  /** As each I/O thread learns of what it had under way. */
  @Test
  void so_is_what_goes_wrong_on_another_thread_at_the_same_time() {
    List<FailureRow> rows = Stream.generate(FailureRow::new).limit(2_000).toList();
    AtomicInteger at = new AtomicInteger();
    AtomicInteger counted = new AtomicInteger();
    Runnable one = () -> {
      for (int i = 0; i < rows.size(); i++) {
        at.incrementAndGet();
        while (at.get() < 2 * (i + 1)) {
          Thread.onSpinWait();
        }
        counted.addAndGet(rows.get(i).addNew(now, now + 1));
      }
    };
    CompletableFuture.allOf(CompletableFuture.runAsync(one), CompletableFuture.runAsync(one))
        .join();
    assertEquals(rows.size(), counted.get());
  }

  @Test
  void what_goes_right_ends_it() {
    addAfter(0);
    addAfter(0);
    row.end();
    assertEquals(1, addAfter(0));
  }
}
