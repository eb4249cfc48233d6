package appliance.edge;

import appliance.edge.exchange.Ending;
import appliance.edge.exchange.RequestBody;
import appliance.edge.exchange.RequestTraces;
import appliance.edge.hot.HotReads;
import appliance.edge.http.HopByHop;
import appliance.edge.http.RequestRules;
import appliance.edge.stats.EdgeStats;
import appliance.edge.upstream.IoThreadContexts;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.xnio.StreamConnection;

/** The first to see a request: counts it, refuses what is ambiguous, normalises the path. */
final class Front implements HttpHandler {

  private static final HttpString CLOSE = new HttpString("close");

  private final RequestRules rules;
  private final BooleanSupplier draining;
  private final IoThreadContexts contexts;
  private final EdgeStats stats;
  private final Optional<RequestTraces> traces;
  private final HttpHandler next;

  Front(
      RequestRules rules,
      BooleanSupplier draining,
      IoThreadContexts contexts,
      Counted counted,
      HttpHandler next) {
    this.rules = rules;
    this.draining = draining;
    this.contexts = contexts;
    stats = counted.stats();
    traces = counted.traces();
    this.next = next;
  }

  /**
   * Where requests are counted.
   *
   * @param traces if they are those of the public, not of other edges
   */
  record Counted(EdgeStats stats, Optional<RequestTraces> traces) {}

  /** What came on {@code connection} was refused before it was a request. */
  void unreadable(StreamConnection connection) {
    stats.requests.increment();
    stats.refused.increment();
    traces.ifPresent(to -> to.unreadable(connection));
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    traces.ifPresent(to -> to.begin(exchange));
    stats.requests.increment();
    stats.active.increment();
    exchange.addExchangeCompleteListener((ended, following) -> {
      stats.active.decrement();
      HotReads.exchangeOver(ended);
      following.proceed();
    });
    if (!exchange.isRequestComplete()) {
      Ending.answerFirst(exchange, contexts.of(exchange));
    }
    if (draining.getAsBoolean()) {
      exchange.addResponseCommitListener(Front::sendAway);
      countApart(exchange);
    } else {
      stats.leaving.stays();
    }
    if (!exchange.isHttp11() && exchange.isHttp10()) { // the first is the cheaper question
      exchange.addResponseCommitListener(Front::tellThatItStays);
      exchange.addResponseCommitListener(Ending::resetUnlessWhole);
    }
    // Undertow knows the word only where it stands alone.
    if (HopByHop.named(exchange.getRequestHeaders().get(Headers.CONNECTION), CLOSE)) {
      exchange.setPersistent(false);
    }
    RequestRules.Refused refused = rules.check(exchange);
    if (refused == null) {
      next.handleRequest(exchange);
      return;
    }
    stats.refused.increment();
    if (refused.status() == StatusCodes.METHOD_NOT_ALLOWED) {
      exchange.addResponseCommitListener(RequestRules::tellMethods);
    }
    // Whoever sends such a thing may mean what follows in another way, too.
    exchange.setPersistent(false);
    RequestBody body = new RequestBody(exchange, contexts.of(exchange));
    exchange.dispatch(
        io.undertow.util.SameThreadExecutor.INSTANCE,
        () -> Ending.page(body, refused.status(), refused.words()));
  }

  /** Those from before are waited for: it is not counted among all others a moment longer than here. */
  private void countApart(HttpServerExchange exchange) {
    AtomicLong apart = stats.leaving.begun();
    // The listeners that were added last are called first.
    exchange.addExchangeCompleteListener((ended, following) -> {
      apart.decrementAndGet();
      following.proceed();
    });
  }

  /** A client of HTTP/1.0 waits for the connection's end unless it is told (RFC 9112, section 9.3). */
  private static void tellThatItStays(HttpServerExchange answer) {
    if (answer.isPersistent() && !answer.getResponseHeaders().contains(Headers.CONNECTION)) {
      answer.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
    }
  }

  /** Ends the connection with its answer, unless that makes another protocol of it: it names that one. */
  private static void sendAway(HttpServerExchange answer) {
    if (answer.getStatusCode() != StatusCodes.SWITCHING_PROTOCOLS) {
      answer.getResponseHeaders().put(Headers.CONNECTION, "close");
    }
  }
}
