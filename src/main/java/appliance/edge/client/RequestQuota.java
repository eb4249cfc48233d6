package appliance.edge.client;

import appliance.edge.exchange.Ending;
import appliance.edge.exchange.RequestBody;
import appliance.edge.upstream.IoThreadContexts;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;

/** Refuses with 429 what is more than a client may ask, and tells it when to come again. */
record RequestQuota(RequestRate rate, IoThreadContexts contexts, HttpHandler next)
    implements HttpHandler {

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    InetAddress client = exchange.getSourceAddress().getAddress();
    long wait = client == null ? 0 : rate.admit(client, System.nanoTime());
    if (wait == 0) {
      next.handleRequest(exchange);
      return;
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(wait) + 1;
    exchange.addResponseCommitListener(
        answer -> answer.getResponseHeaders().put(Headers.RETRY_AFTER, seconds));
    RequestBody body = new RequestBody(exchange, contexts.of(exchange));
    exchange.dispatch(
        SameThreadExecutor.INSTANCE,
        () -> Ending.page(body, StatusCodes.TOO_MANY_REQUESTS, "too many requests from here"));
  }
}
