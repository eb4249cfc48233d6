package appliance.edge.health;

import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks applications how they are. */
@FunctionalInterface
public interface Checks {

  /** Makes one check and then calls back, on any thread: null if all is well. */
  void check(App app, HealthRules rules, Consumer<@Nullable Failure> result);
}
