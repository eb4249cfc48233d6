package appliance.edge.balance;

import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** In turn by weight, exactly even among equals: one turn for all I/O threads. */
final class RoundRobin implements Balancer {

  private final SlowStart slowStart;
  private final AtomicInteger turn = new AtomicInteger();

  RoundRobin(SlowStart slowStart) {
    this.slowStart = slowStart;
  }

  @Override
  public @Nullable App pick(HttpServerExchange exchange, Candidates candidates, List<App> tried) {
    App next = null;
    // A turn that is not taken is drawn again, so that no neighbour in the order inherits them all.
    for (int draws = 0; draws <= candidates.turns().size(); draws++) {
      next = draw(candidates.turns(), tried);
      if (next == null || slowStart.admits(next)) {
        return next;
      }
    }
    return next;
  }

  /** One turn a draw: other threads that draw in between must not hide an application. */
  private @Nullable App draw(List<App> turns, List<App> tried) {
    if (turns.isEmpty()) {
      return null;
    }
    int first = turn.getAndIncrement();
    for (int i = 0; i < turns.size(); i++) {
      App app = turns.get(Math.floorMod(first + i, turns.size()));
      if (!tried.contains(app)) {
        return app;
      }
    }
    return null;
  }
}
