package appliance.edge.balance;

import appliance.config.Sticky;
import appliance.edge.http.Cookies;
import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client with the application that answered it, by a signed cookie of our own, as long as that
 * application is ready; then with the next one. A cookie that is not ours is as good as none.
 *
 * @param tokens and the name of the cookie that holds one
 * @param otherwise chooses for a client that stays with none
 * @param byCookie chooses for one that has the application's cookie, but not ours
 */
record StickyBalancer(
    Sticky config, StickyTokens.Cookie tokens, Balancer otherwise, Balancer byCookie)
    implements Balancer {

  @Override
  public @Nullable App pick(HttpServerExchange exchange, Candidates candidates, List<App> tried) {
    if (config.mode() == Sticky.Mode.APPLICATION && session(exchange) == null) {
      return otherwise.pick(exchange, candidates, tried);
    }
    App stays = stays(exchange, candidates);
    if (stays != null && !tried.contains(stays)) {
      return stays;
    }
    return byCookie.pick(exchange, candidates, tried);
  }

  private @Nullable App stays(HttpServerExchange exchange, Candidates candidates) {
    String token = Cookies.of(exchange.getRequestHeaders(), tokens.name());
    if (token == null) {
      return null;
    }
    for (App app : candidates.apps()) {
      if (tokens.all().fits(token, app.key)) {
        return app;
      }
    }
    return null;
  }

  private @Nullable String session(HttpServerExchange exchange) {
    return Cookies.of(exchange.getRequestHeaders(), config.cookie());
  }

  @Override
  public void answered(HttpServerExchange exchange, App app, long nanos) {
    otherwise.answered(exchange, app, nanos);
    HeaderMap answer = exchange.getResponseHeaders();
    boolean wanted = config.mode() == Sticky.Mode.ON
        || session(exchange) != null
        || Cookies.sets(answer, config.cookie());
    String token = wanted && !shared(answer) ? tokens.all().of(app.key) : null;
    if (token == null || token.equals(Cookies.of(exchange.getRequestHeaders(), tokens.name()))) {
      return;
    }
    boolean secure = exchange.getRequestScheme().equals("https");
    answer.add(
        Headers.SET_COOKIE,
        tokens.name() + "=" + token + "; Path=/; HttpOnly; SameSite=Lax"
            + (secure ? "; Secure" : ""));
  }

  /** Whether caches on the way may give the answer to others, who must not get this client's cookie. */
  private static boolean shared(HeaderMap answer) {
    String control = answer.getFirst(Headers.CACHE_CONTROL);
    return control != null && (control.contains("public") || control.contains("s-maxage"));
  }
}
