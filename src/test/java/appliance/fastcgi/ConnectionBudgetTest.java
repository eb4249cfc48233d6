package appliance.fastcgi;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ConnectionBudgetTest {

  private static final long NOW = 1_000_000;

  private final ConnectionBudget budget = new ConnectionBudget(1);

  @Test
  void it_is_busy_while_all_connections_are_in_use_and_php_gets_on() {
    budget.progress(NOW);
    assertFalse(budget.busy(0, NOW), "one is free");
    assertTrue(budget.take());
    assertTrue(budget.busy(0, NOW));
    assertFalse(budget.busy(0, NOW + ConnectionBudget.BUSY_NANOS_MAX), "it may hang");
    assertFalse(budget.busy(1, NOW), "a check has it");
    budget.putBack();
    assertFalse(budget.busy(0, NOW));
  }

  @Test
  void a_connection_makes_room_after_its_turn_and_sooner_while_there_is_no_other() {
    long soon = NOW + ConnectionBudget.SHORT_TURN_NANOS + 1;
    assertFalse(budget.turnIsOver(NOW, soon), "others may be had");
    assertTrue(budget.turnIsOver(NOW, NOW + ConnectionBudget.TURN_NANOS + 1));
    assertTrue(budget.take());
    assertTrue(budget.turnIsOver(NOW, soon));
    assertFalse(budget.turnIsOver(soon, soon), "its turn has just begun");
    ConnectionBudget large = new ConnectionBudget(100);
    assertFalse(large.turnIsOver(NOW, NOW + ConnectionBudget.TURN_NANOS), "one in 10 ms for all");
  }

  @Test
  void a_thread_whose_calls_wait_longer_gets_a_connection_of_another_one_at_a_time() {
    long late = ConnectionBudget.LATE_NANOS;
    assertFalse(ConnectionBudget.isLate(late, 0));
    assertTrue(ConnectionBudget.isLate(late + 1, 0));
    assertFalse(ConnectionBudget.isLate(9 * late, 8 * late), "little, beside so long a wait");
    assertTrue(ConnectionBudget.isLate(11 * late, 8 * late));
    long now = System.nanoTime() + 2 * late;
    assertTrue(budget.mayMove(now));
    assertFalse(budget.mayMove(now + late), "what the first one brings is not known yet");
    assertTrue(budget.mayMove(now + late + 1));
  }
}
