package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.runtime.Loop;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TickTriggerTest {

  private final Loop loop = new Loop("looks", 10);
  private final BlockingQueue<Integer> looks = new LinkedBlockingQueue<>();
  private volatile boolean calm;
  private volatile boolean due;
  private int ticks;
  private final TickTrigger trigger = new TickTrigger(
      loop,
      this::look,
      () -> {
        ticks++;
        return due;
      },
      new Broadcasts(message -> {}),
      reason -> {});

  @AfterEach
  void close() {
    loop.close();
  }

  private void look() {
    looks.add(ticks);
    ticks = 0;
    trigger.looked(calm);
  }

  private int ticksBeforeTheNextLook() throws InterruptedException {
    Integer before = looks.poll(10, TimeUnit.SECONDS);
    return before == null ? -1 : before;
  }

  @Test
  void each_tick_is_a_look_while_something_is_under_way() throws InterruptedException {
    trigger.begin();
    for (int i = 0; i < 5; i++) {
      assertEquals(0, ticksBeforeTheNextLook());
    }
  }

  @Test
  void while_all_is_well_it_looks_at_every_fourth_tick() throws InterruptedException {
    calm = true;
    trigger.begin();
    assertEquals(0, ticksBeforeTheNextLook());
    assertEquals(3, ticksBeforeTheNextLook());
    assertEquals(3, ticksBeforeTheNextLook());
  }

  @Test
  void what_is_due_waits_for_no_fourth_tick() throws InterruptedException {
    calm = true;
    due = true;
    trigger.begin();
    assertEquals(0, ticksBeforeTheNextLook());
    assertEquals(1, ticksBeforeTheNextLook());
  }

  @Test
  void news_waits_for_no_tick() throws InterruptedException {
    trigger.changed();
    assertEquals(0, ticksBeforeTheNextLook());
  }
}
