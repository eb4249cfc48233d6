package appliance.edge.proxy;

import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.ClientWatch;
import appliance.edge.exchange.Ending;
import appliance.edge.exchange.Origin;
import appliance.edge.http.OriginalTarget;
import appliance.edge.http.RelayHeaders;
import appliance.edge.http.RequestRules;
import appliance.edge.http.StrictReads;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.write.AnswerGate;
import appliance.model.Caller;
import appliance.model.CheckResult;
import appliance.model.Health;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries a request to the {@link LocalApplication}, which answers the exchange by itself. */
public record LocalCall(LocalApplication application) implements UpstreamProtocol {

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    HttpServerExchange exchange = request.exchange();
    boolean check = exchange.getRequestHeaders().contains(RelayHeaders.CHECK);
    exchange.getRequestHeaders().remove(RelayHeaders.CHECK);
    if (request.origin() == Origin.OTHER_EDGE) {
      ToldOrigin.take(exchange);
    }
    dropTold(exchange.getRequestHeaders());
    Told told = new Told(app, request, check, outcome);
    request.client().giveUpBy(told);
    exchange.addResponseCommitListener(begun -> told.committed());
    if (check && application.busy().getAsBoolean()) {
      // Behind all that waits its answer would come too late, and the application be left out for
      // its work.
      told.busy();
    } else {
      application.handler().handle(exchange, told);
    }
  }

  /** Tells {@code outcome} what has become of the request. */
  private static final class Told implements Caller, ClientWatch.Waiting {

    private final App app;
    private final Request request;
    private final HttpServerExchange exchange;
    private final Outcome outcome;
    private final boolean check;
    private final AnswerGate gate;
    private boolean unanswered;
    private boolean busy;

    Told(App app, Request request, boolean check, Outcome outcome) {
      this.app = app;
      this.request = request;
      exchange = request.exchange();
      this.check = check;
      this.outcome = outcome;
      gate = new AnswerGate(exchange);
    }

    void committed() {
      if (!unanswered) {
        RelayHeaders.strip(exchange.getResponseHeaders());
        tell();
      }
    }

    private void tell() {
      if (busy) {
        exchange.getResponseHeaders().put(RelayHeaders.BUSY, "1");
        outcome.busy();
      } else {
        outcome.answered(app, exchange.getStatusCode());
      }
    }

    /** Answers a check in the application's place; nodes that do not know the header take it for a good answer. */
    void busy() {
      busy = true;
      exchange.setStatusCode(StatusCodes.NO_CONTENT).endExchange();
    }

    @Override
    public int port() {
      return Integer.parseInt(Origin.port(exchange));
    }

    @Override
    public Optional<String> askedFor() {
      return Optional.ofNullable(exchange.getAttachment(OriginalTarget.KEY))
          .map(OriginalTarget::whole);
    }

    @Override
    public boolean check() {
      return check;
    }

    @Override
    public void begun() {
      request.client().underWay(this);
    }

    /** The application learns of it by the end of the exchange. */
    @Override
    public boolean clientGone() {
      if (unanswered || (request.client().over() && exchange.isResponseStarted())) {
        return false;
      }
      if (exchange.isResponseStarted()) {
        outcome.clientLost("it waits no more");
      } else {
        unanswered = true;
        outcome.clientFailed(ClientFailure.gone());
      }
      return true;
    }

    @Override
    public void unsent(Unsent kind, String why) {
      unanswered = true;
      outcome.failed(app, Failure.unsent(Failure.Kind.of(kind), why));
    }

    @Override
    public void failed(int status, String words) {
      unanswered = true;
      outcome.unanswered(app, status, words);
    }

    @Override
    public void brokenOff(End how, String why) {
      unanswered = true; // unless its answer has begun, which has been told of
      outcome.broken(app, Failure.sent(Failure.Kind.of(how), why));
    }

    @Override
    public void given() {
      outcome.whole(app, exchange.getStatusCode());
    }

    @Override
    public void clientFailed(int status, String words) {
      unanswered = true;
      outcome.clientFailed(ClientFailure.refused(status, words));
    }

    @Override
    public void clientLost(String why) {
      outcome.clientLost(why);
    }

    @Override
    public void answered() {
      Ending.afterResponse(request.body());
    }

    @Override
    public int bodyRefused() {
      RequestRules.Refused refused = StrictReads.refused(exchange);
      return refused == null ? 0 : refused.status();
    }

    @Override
    public boolean mayAnswer() {
      return gate.open();
    }

    @Override
    public void whenItMay(Runnable goOn) {
      gate.whenOpen(goOn);
    }
  }

  /**
   * What the client says about where it comes from is not for an application to believe; and what another
   * edge has said is in the exchange by now, so that the application sees the same on every node.
   */
  private static void dropTold(HeaderMap headers) {
    List<HttpString> told = new ArrayList<>();
    for (HeaderValues header : headers) {
      if (Origin.CLIENT.replaces(header.getHeaderName())) {
        told.add(header.getHeaderName());
      }
    }
    told.forEach(headers::remove);
  }

  /** Whether it is there. Blocks. */
  public CheckResult check() {
    try {
      Health health = application.check().get();
      return health.healthy() ? CheckResult.PASSED : CheckResult.absent(health.reason());
    } catch (RuntimeException e) {
      return CheckResult.failed("it could not be checked: " + e);
    }
  }
}
