package appliance.edge.site;

import appliance.config.SiteAnswers;
import appliance.config.SitePaths;
import appliance.edge.exchange.Ending;
import appliance.edge.exchange.RequestBody;
import appliance.edge.http.HostHeader;
import appliance.edge.http.OriginalTarget;
import appliance.edge.http.RequestPath;
import appliance.edge.proxy.Forwarder;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.IoThreadContexts;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one site makes of a request before anyone answers it: refuses its path, sends it elsewhere, takes it
 * for another, sets fields of its answer. Stateless; called on any thread.
 */
public final class SiteGate implements HttpHandler {

  /** Rules look at no longer path, as each look takes time in proportion to it. */
  private static final int RULED_CHARS_MAX = 4096;

  /** With such a path, percent-encoded, and a few words more; a rule may write a part of it several times. */
  private static final int REWRITTEN_CHARS_MAX = 4 * RULED_CHARS_MAX;

  private final SitePaths paths;
  private final ForbiddenPaths forbidden;
  private final Map<HttpString, String> headers = new LinkedHashMap<>();
  private final IoThreadContexts contexts;
  private final Forwarder.Refusal pages;
  private final HttpHandler next;

  /**
   * @param pages answers what is never served
   */
  public SiteGate(
      SitePaths paths,
      SiteAnswers answers,
      IoThreadContexts contexts,
      Forwarder.Refusal pages,
      HttpHandler next) {
    this.paths = paths;
    this.contexts = contexts;
    this.pages = pages;
    this.next = next;
    forbidden = ForbiddenPaths.of(paths);
    answers.headers().forEach((name, value) -> headers.put(new HttpString(name), value));
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    if (!headers.isEmpty()) {
      exchange.addResponseCommitListener(answer -> set(answer.getResponseHeaders()));
    }
    String path = exchange.getRequestPath();
    boolean ruled = !paths.redirects().isEmpty()
        || !paths.rewrites().isEmpty()
        || !paths.neverServed().paths().isEmpty();
    if (!paths.encodedSlashes() && RequestPath.hasEncodedSlash(exchange.getRequestURI())) {
      refuse(exchange, StatusCodes.BAD_REQUEST, "the path is malformed or ambiguous");
    } else if (ruled && path.length() > RULED_CHARS_MAX) {
      refuse(exchange, StatusCodes.REQUEST_URI_TOO_LARGE, "the path is too long");
    } else if (forbidden.has(path)) {
      hide(exchange);
    } else if (!redirected(exchange, path)) {
      rewrite(exchange, path);
    }
  }

  private void set(HeaderMap fields) {
    headers.forEach((name, value) -> {
      if (value.isEmpty()) {
        fields.remove(name);
      } else {
        fields.put(name, value);
      }
    });
  }

  private boolean redirected(HttpServerExchange exchange, String path) {
    for (SitePaths.Redirect redirect : paths.redirects()) {
      Optional<String> target = redirect.from().parts(path).map(redirect.to()::with);
      if (target.isPresent() && !isAskedFor(exchange, target.get())) {
        String to = target.get();
        String query = exchange.getQueryString();
        boolean kept = !query.isEmpty()
            && !redirect.to().hasQuery()
            && query.chars().allMatch(c -> c > ' ' && c < 0x7f);
        exchange.getResponseHeaders().put(Headers.LOCATION, kept ? to + "?" + query : to);
        exchange.setStatusCode(redirect.status());
        exchange.endExchange();
        return true;
      }
    }
    return false;
  }

  /** A client that is sent where it is comes back for ever; so one rule can send all hosts to one. */
  private static boolean isAskedFor(HttpServerExchange exchange, String to) {
    String origin = exchange.getRequestScheme() + "://" + HostHeader.of(exchange);
    String path = to.substring(Math.min(origin.length(), to.length()));
    return to.regionMatches(true, 0, origin, 0, origin.length())
        && exchange.getRequestURI().equals(path.isEmpty() ? "/" : path);
  }

  private void rewrite(HttpServerExchange exchange, String path) throws Exception {
    for (SitePaths.Rewrite rewrite : paths.rewrites()) {
      Optional<String[]> parts = rewrite.from().parts(path);
      if (parts.isPresent()) {
        takeFor(exchange, rewrite.to().with(parts.get()));
        return;
      }
    }
    next.handleRequest(exchange);
  }

  private void takeFor(HttpServerExchange exchange, String to) throws Exception {
    if (to.length() > REWRITTEN_CHARS_MAX) {
      refuse(exchange, StatusCodes.REQUEST_URI_TOO_LARGE, "the path is too long");
      return;
    }
    int mark = to.indexOf('?');
    RequestPath target =
        RequestPath.of(mark < 0 ? to : to.substring(0, mark), paths.encodedSlashes());
    if (target == null || forbidden.has(target.decoded())) {
      hide(exchange);
      return;
    }
    String query = exchange.getQueryString();
    exchange.putAttachment(OriginalTarget.KEY, new OriginalTarget(exchange.getRequestURI(), query));
    exchange.setRequestURI(target.raw(), false);
    exchange.setRequestPath(target.decoded());
    exchange.setRelativePath(target.decoded());
    if (mark >= 0) {
      String more = query.isEmpty() ? "" : "&" + query;
      exchange.setQueryString(to.substring(mark + 1) + more);
    }
    next.handleRequest(exchange);
  }

  private void hide(HttpServerExchange exchange) {
    RequestBody body = new RequestBody(exchange, contexts.of(exchange));
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () -> pages.page(body, Failure.Kind.NOTHING_HERE.status, Failure.Kind.NOTHING_HERE.words));
  }

  private void refuse(HttpServerExchange exchange, int status, String words) {
    RequestBody body = new RequestBody(exchange, contexts.of(exchange));
    exchange.dispatch(SameThreadExecutor.INSTANCE, () -> Ending.page(body, status, words));
  }
}
