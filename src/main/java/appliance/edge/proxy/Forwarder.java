package appliance.edge.proxy;

import appliance.edge.balance.AppChoice;
import appliance.edge.balance.RetryBudget;
import appliance.edge.exchange.Origin;
import appliance.edge.exchange.RequestBody;
import appliance.edge.stats.EdgeStats;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.IoThreadContexts;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Hands requests to applications.
 *
 * @param route who may get a request
 * @param contexts of the threads that requests run on
 */
public record Forwarder(
    Function<HttpServerExchange, AppChoice> route,
    IoThreadContexts contexts,
    UpstreamProtocol protocol,
    Origin origin,
    Blame blame,
    Refusal refusal,
    RetryBudget budget,
    EdgeStats stats)
    implements HttpHandler {

  /**
   * Who learns of failed requests, to judge the application's health by; and when each was asked for, as {@link
   * System#nanoTime} counts.
   */
  @FunctionalInterface
  public interface Blame {

    void failed(App app, Failure failure, long asked);

    /** An answer has begun, which may be a failure, too. */
    default void answered(App app, int status, long asked) {}

    /** All of an answer has come. */
    default void whole(App app, int status) {}

    /** An answer that has begun was broken off. */
    default void broken(App app, Failure failure, long asked) {
      failed(app, failure, asked);
    }
  }

  /** How a client is told that there is no answer. */
  @FunctionalInterface
  public interface Refusal {

    /** Says so with this status. */
    void page(RequestBody body, int status, String words);

    /** No application is asked any more. */
    default void answer(RequestBody body, Failure failure) {
      page(body, failure.kind().status, failure.words());
    }
  }

  /** Callable on any thread: the request goes on on its own. */
  @Override
  public void handleRequest(HttpServerExchange exchange) {
    Executor on = exchange.isInIoThread() ? SameThreadExecutor.INSTANCE : exchange.getIoThread();
    exchange.dispatch(on, () -> begin(exchange));
  }

  Retries retries() {
    return new Retries(budget, stats);
  }

  private void begin(HttpServerExchange exchange) {
    new Forward(this, route.apply(exchange), exchange, contexts.of(exchange)).begin();
  }
}
