package appliance.edge.balance;

import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This node's own application as long as it is not busy: saves the way to another machine.
 *
 * @param activeMax requests under way to it from here at which it counts as busy
 * @param otherwise chooses when it does, or when it is not ready
 */
record LocalFirst(int activeMax, Balancer otherwise, SlowStart slowStart) implements Balancer {

  @Override
  public @Nullable App pick(HttpServerExchange exchange, Candidates candidates, List<App> tried) {
    App own = candidates.own();
    return own != null
            && own.active.get() < activeMax
            && !tried.contains(own)
            && slowStart.admits(own)
        ? own
        : otherwise.pick(exchange, candidates, tried);
  }

  @Override
  public void answered(HttpServerExchange exchange, App app, long nanos) {
    otherwise.answered(exchange, app, nanos);
  }
}
