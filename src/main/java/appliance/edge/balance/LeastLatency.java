package appliance.edge.balance;

import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The better of two at random, by how long answers took of late and how many are awaited (Mitzenmacher,
 * The Power of Two Choices, 2001): follows the fastest without all rushing to it at once.
 */
final class LeastLatency implements Balancer {

  /** An error given fast is no reason to ask for more of them. */
  private static final long ERROR_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final SlowStart slowStart;
  private final IntUnaryOperator random;

  /**
   * @param random a number from 0 up to, and without, its argument
   */
  LeastLatency(SlowStart slowStart, IntUnaryOperator random) {
    this.slowStart = slowStart;
    this.random = random;
  }

  @Override
  public @Nullable App pick(HttpServerExchange exchange, Candidates candidates, List<App> tried) {
    List<App> apps = tried.isEmpty()
        ? candidates.apps()
        : candidates.apps().stream().filter(app -> !tried.contains(app)).toList();
    if (apps.size() < 2) {
      return apps.isEmpty() ? null : apps.get(0);
    }
    int one = random.applyAsInt(apps.size());
    int other = random.applyAsInt(apps.size() - 1);
    other += other >= one ? 1 : 0;
    App first = apps.get(one);
    App second = apps.get(other);
    return cost(first) <= cost(second) ? first : second;
  }

  private double cost(App app) {
    double nanos = app.latency.nanos(slowStart.nanos().getAsLong());
    return nanos * (app.active.get() + 1) / (app.weight() * slowStart.share(app));
  }

  @Override
  public void answered(HttpServerExchange exchange, App app, long nanos) {
    boolean error = exchange.getStatusCode() >= 500;
    app.latency.add(
        error ? Math.max(nanos, ERROR_NANOS) : nanos, slowStart.nanos().getAsLong());
  }
}
