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
 * @param anew chooses for one whose application is not there any more: the same one for all its requests,
 *     which may come at once and by several edges
 */
record StickyBalancer(Sticky config, StickyTokens.Cookie tokens, Balancer otherwise, Balancer anew)
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
    return anew.pick(exchange, candidates, tried);
  }

  private @Nullable App stays(HttpServerExchange exchange, Candidates candidates) {
    Stay stay = tokens.shownBy(exchange);
    if (stay == null) {
      return null;
    }
    for (App app : candidates.apps()) {
      if (tokens.all().fits(stay.token(), app.key)) {
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
    String token = tokens.all().of(app.key);
    if (token == null) {
      return;
    }
    HeaderMap answer = exchange.getResponseHeaders();
    String session =
        config.mode() == Sticky.Mode.APPLICATION ? Cookies.set(answer, config.cookie()) : null;
    if (session != null) {
      // Whether caches may keep it is the application's affair: they would keep its cookie as well.
      add(exchange, tokens, new Stay(token, CookieScope.of(session)), CookieLife.of(session));
    } else if (SharedCaches.mayKeep(answer)) {
      return;
    } else if (config.mode() == Sticky.Mode.ON) {
      // Wherever a session's cookie may come: without TLS, and from other sites' forms and frames.
      add(exchange, tokens, new Stay(token, CookieScope.PLAIN), "");
      if (secure(exchange)) {
        add(exchange, tokens.overTls(), new Stay(token, CookieScope.ANYWHERE), "");
      }
    } else if (session(exchange) != null) {
      add(exchange, tokens, new Stay(token, scope(exchange)), "");
    }
  }

  private static boolean secure(HttpServerExchange exchange) {
    return exchange.getRequestScheme().equals("https");
  }

  /** What the cookie had that is replaced, if it was made for an application's. */
  private CookieScope scope(HttpServerExchange exchange) {
    Stay before = tokens.shownBy(exchange);
    return before == null ? CookieScope.PLAIN.securedIf(secure(exchange)) : before.scope();
  }

  /** One that ends with the browser need not be said again. */
  private static void add(
      HttpServerExchange exchange, StickyTokens.Cookie cookie, Stay stay, String life) {
    if (!life.isEmpty() || !stay.equals(cookie.own(exchange))) {
      exchange
          .getResponseHeaders()
          .add(
              Headers.SET_COOKIE,
              cookie.name() + "=" + stay.value() + stay.scope().attributes() + life);
    }
  }
}
