package appliance.edge.health;

import appliance.edge.upstream.App;
import appliance.model.CheckResult;
import java.util.function.Consumer;

/** Asks applications how they are. */
@FunctionalInterface
public interface Checks {

  /** Makes one check and then calls back, on any thread. */
  void check(App app, HealthRules rules, Consumer<CheckResult> result);
}
