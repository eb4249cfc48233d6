package appliance.edge.proxy;

import appliance.edge.exchange.Origin;
import appliance.edge.http.RelayHeaders;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.write.AnswerGate;
import appliance.model.Health;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Carries a request to the {@link LocalApplication}, which answers the exchange by itself. */
public record LocalCall(LocalApplication application) implements UpstreamProtocol {

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    HttpServerExchange exchange = request.exchange();
    if (request.origin() == Origin.OTHER_EDGE) {
      ToldOrigin.take(exchange);
    } else {
      dropForged(exchange.getRequestHeaders(), request.origin());
    }
    AtomicBoolean unanswered = new AtomicBoolean();
    exchange.addResponseCommitListener(committed -> {
      if (!unanswered.get()) {
        RelayHeaders.strip(committed.getResponseHeaders());
        outcome.answered(app, committed.getStatusCode());
      }
    });
    application
        .handler()
        .handle(
            exchange,
            why -> {
              unanswered.set(true);
              outcome.failed(app, Failure.unsent(Failure.Kind.CONNECT, why));
            },
            (words, status) -> {
              unanswered.set(true);
              outcome.unanswered(app, status, words);
            },
            new AnswerGate(exchange));
  }

  /** What the client says about where it comes from is not for an application to believe. */
  private static void dropForged(HeaderMap headers, Origin origin) {
    List<HttpString> forged = new ArrayList<>();
    for (HeaderValues header : headers) {
      if (origin.replaces(header.getHeaderName())) {
        forged.add(header.getHeaderName());
      }
    }
    forged.forEach(headers::remove);
  }

  /** Blocks. Null if all is well. */
  @Nullable
  public Failure check() {
    try {
      Health health = application.check().get();
      return health.healthy() ? null : Failure.unsent(Failure.Kind.CONNECT, health.reason());
    } catch (RuntimeException e) {
      return Failure.unsent(Failure.Kind.CONNECT, "it could not be checked: " + e);
    }
  }
}
