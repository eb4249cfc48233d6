package appliance.edge.balance;

import appliance.config.BalanceConfig;
import appliance.config.Sticky;
import appliance.edge.http.Cookies;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the {@link Balancer} that is configured. */
public final class Balancers {

  private Balancers() {}

  /** The one that {@code config} names, with stickiness before it if that is configured. */
  public static Balancer of(BalanceConfig config, SlowStart slowStart, StickyTokens.Cookie tokens) {
    Balancer all = all(config, slowStart);
    Balancer near =
        config.localFirst() > 0 ? new LocalFirst(config.localFirst(), all, slowStart) : all;
    Sticky sticky = config.sticky();
    return switch (sticky.mode()) {
      case OFF -> near;
      case ON -> sticky(sticky, tokens, near, slowStart, exchange -> left(exchange, tokens));
      case APPLICATION ->
        sticky(
            sticky,
            tokens,
            near,
            slowStart,
            exchange -> Cookies.of(exchange.getRequestHeaders(), sticky.cookie()));
    };
  }

  private static Balancer sticky(
      Sticky sticky,
      StickyTokens.Cookie tokens,
      Balancer near,
      SlowStart slowStart,
      Function<HttpServerExchange, @Nullable String> client) {
    return new StickyBalancer(sticky, tokens, near, new Hashed(client, near, slowStart));
  }

  /** One client of an application that is not there any more; all of its clients have the same token. */
  private static @Nullable String left(HttpServerExchange exchange, StickyTokens.Cookie tokens) {
    Stay stay = tokens.shownBy(exchange);
    return stay == null ? null : stay.token() + client(exchange);
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
