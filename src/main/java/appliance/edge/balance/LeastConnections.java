package appliance.edge.balance;

import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The one with the fewest requests under way from here, by its weight; equals in turn. */
final class LeastConnections implements Balancer {

  private final SlowStart slowStart;
  private final AtomicInteger turn = new AtomicInteger();

  LeastConnections(SlowStart slowStart) {
    this.slowStart = slowStart;
  }

  @Override
  public @Nullable App pick(HttpServerExchange exchange, Candidates candidates, List<App> tried) {
    List<App> apps = candidates.apps();
    int first = turn.getAndIncrement();
    App best = null;
    double least = Double.MAX_VALUE;
    for (int i = 0; i < apps.size(); i++) {
      App app = apps.get(Math.floorMod(first + i, apps.size()));
      double load = (app.active.get() + 1) / (app.weight() * slowStart.share(app));
      if (load < least && !tried.contains(app)) {
        best = app;
        least = load;
      }
    }
    return best;
  }
}
