package appliance.edge.balance;

import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The same key always to the same application: the one with the highest score for it (Thaler and
 * Ravishankar, rendezvous hashing, 1998; by weight as in Schindelhauer, 2005). All edges agree, and one
 * that leaves or comes moves its own share only.
 */
final class Hashed implements Balancer {

  private static final double UNIT = 1.0 / (1L << 53);

  private final Function<HttpServerExchange, @Nullable String> key;
  private final Balancer without;
  private final SlowStart slowStart;

  /**
   * @param without chooses for a request that has no key
   */
  Hashed(
      Function<HttpServerExchange, @Nullable String> key, Balancer without, SlowStart slowStart) {
    this.key = key;
    this.without = without;
    this.slowStart = slowStart;
  }

  @Override
  public @Nullable App pick(HttpServerExchange exchange, Candidates candidates, List<App> tried) {
    String of = key.apply(exchange);
    if (of == null) {
      return without.pick(exchange, candidates, tried);
    }
    long hash = hash(of);
    App best = highest(hash, candidates, tried, true);
    return best == null ? highest(hash, candidates, tried, false) : best;
  }

  private @Nullable App highest(
      long key, Candidates candidates, List<App> tried, boolean onlyAdmitted) {
    App best = null;
    double highest = -1;
    for (App app : candidates.apps()) {
      long mixed = mixed(key ^ app.key.value().getLeastSignificantBits());
      // A share that grows takes one key after the other, none of them back and forth.
      if (tried.contains(app) || (onlyAdmitted && unit(mixed(mixed + 1)) >= slowStart.share(app))) {
        continue;
      }
      double score = app.weight() / -Math.log(unit(mixed));
      if (score > highest) {
        best = app;
        highest = score;
      }
    }
    return best;
  }

  /** Above 0 and below 1. */
  private static double unit(long hash) {
    return ((hash >>> 11) + 0.5) * UNIT;
  }

  /** FNV-1a, 64 bits. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of SplitMix64. */
  private static long mixed(long value) {
    long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }
}
