package appliance.edge.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.edge.io.Deadlines.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.XnioExecutor;

/** Deadlines on a thread whose ticks are the test's. */
final class DeadlinesTest {

  private final Ticks ticks = new Ticks();
  private final Deadlines deadlines = new Deadlines(ticks);
  private final List<String> expired = new ArrayList<>();

  private static final class Ticks implements XnioExecutor {

    private final ArrayDeque<Runnable> due = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      throw new AssertionError("nothing is to be done at once");
    }

    @Override
    public Key executeAfter(Runnable task, long time, TimeUnit unit) {
      due.add(task);
      return () -> due.remove(task);
    }

    @Override
    public Key executeAtInterval(Runnable task, long time, TimeUnit unit) {
      throw new AssertionError("ticks end when nothing is set");
    }

    void some() {
      for (int i = 0; i < 3 && !due.isEmpty(); i++) {
        due.remove().run();
      }
    }
  }

  private Deadline named(String name) {
    return new Deadline(() -> expired.add(name));
  }

  @Test
  void what_is_late_expires_once_and_what_is_not_or_was_cleared_does_not() {
    Deadline cleared = named("cleared");
    deadlines.set(named("late"), 0);
    deadlines.set(cleared, 0);
    deadlines.set(named("early"), TimeUnit.DAYS.toNanos(1));
    deadlines.clear(cleared);
    ticks.some();
    assertEquals(List.of("late"), expired);
  }

  @Test
  void an_expiry_that_fails_takes_no_other_with_it() {
    deadlines.set(named("one"), 0);
    deadlines.set(
        new Deadline(() -> {
          throw new IllegalStateException("on purpose");
        }),
        0);
    deadlines.set(named("other"), 0);
    ticks.some();
    assertEquals(List.of("one", "other"), expired.stream().sorted().toList());
    deadlines.set(named("later"), 0);
    ticks.some();
    assertEquals(3, expired.size());
  }
}
