package appliance.edge;

import appliance.config.BalanceConfig;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the {@link Balancer} that is configured. */
final class Balancers {

  private Balancers() {}

  static Balancer of(BalanceConfig config, SlowStart slowStart) {
    Balancer all = all(config, slowStart);
    return config.localFirst() > 0 ? new LocalFirst(config.localFirst(), all, slowStart) : all;
  }

  private static Balancer all(BalanceConfig config, SlowStart slowStart) {
    return switch (config.balance().method()) {
      case ROUND_ROBIN -> new RoundRobin(slowStart);
      case LEAST_CONNECTIONS -> new LeastConnections(slowStart);
      case LATENCY ->
        new LeastLatency(slowStart, bound -> ThreadLocalRandom.current().nextInt(bound));
      case CLIENT -> new Hashed(Balancers::client, new RoundRobin(slowStart), slowStart);
      case HEADER ->
        new Hashed(header(config.balance().header()), new RoundRobin(slowStart), slowStart);
    };
  }

  private static @Nullable String client(HttpServerExchange exchange) {
    InetAddress address = exchange.getSourceAddress().getAddress();
    return address == null ? null : address.getHostAddress();
  }

  private static Function<HttpServerExchange, @Nullable String> header(String name) {
    HttpString header = new HttpString(name);
    return exchange -> exchange.getRequestHeaders().getFirst(header);
  }
}
