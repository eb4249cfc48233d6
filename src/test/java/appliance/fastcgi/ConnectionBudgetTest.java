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
}
