package appliance.edge.proxy;

import appliance.edge.balance.AppChoice;
import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.ClientWatch;
import appliance.edge.exchange.Ending;
import appliance.edge.exchange.Origin;
import appliance.edge.exchange.RequestBody;
import appliance.edge.exchange.RequestTrace;
import appliance.edge.http.Methods;
import appliance.edge.http.RequestRules;
import appliance.edge.io.Deadlines.Deadline;
import appliance.edge.proxy.UpstreamProtocol.Outcome;
import appliance.edge.proxy.UpstreamProtocol.Request;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.IoThreadContext;
import appliance.edge.write.HeldRequests;
import appliance.edge.write.WriteOrder;
import appliance.runtime.UnlessEnding;
import io.undertow.server.HttpServerExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client request on its way to an answer: attempt after attempt, as long as another one cannot do
 * harm. Lives on the request's I/O thread.
 */
final class Forward implements Outcome, HeldRequests.Waiter, ClientWatch.Waiting {

  private static final Logger log = LoggerFactory.getLogger(Forward.class);

  private static final long RECHECK_MILLIS_MIN = 20;
  private static final long RECHECK_MILLIS_MAX = 200;

  private final Forwarder by;
  private final AppChoice choice;
  private final Request request;
  private List<App> tried = List.of();
  private @Nullable Failure seen;
  private final Asked asked = new Asked();
  private final @Nullable RequestTrace trace;
  private final Staleness staleness;
  private boolean completed;
  private final Deadline patience = new Deadline(this::late);
  private int rechecks;
  private boolean patient;
  private boolean patienceOver;

  /** Whether it is one of several of its node that answers. */
  private boolean amongSeveral;

  Forward(Forwarder by, AppChoice choice, HttpServerExchange exchange, IoThreadContext context) {
    this.by = by;
    this.choice = choice;
    trace = RequestTrace.of(exchange);
    WriteOrder order = by.origin().order(exchange, choice.purpose(exchange.getRequestMethod()));
    request = new Request(
        exchange,
        new RequestBody(exchange, context),
        new ClientWatch(exchange, context),
        by.origin(),
        order,
        context);
    staleness = new Staleness(request, false);
  }

  void begin() {
    by.budget().request();
    request.exchange().addExchangeCompleteListener((exchange, next) -> {
      completed();
      next.proceed();
    });
    again();
  }

  @Override
  public void again() {
    if (completed) {
      return;
    }
    tried = List.of();
    if (choice.awaitsMaster(request.exchange().getRequestMethod())) {
      hold(choice.noMaster());
    } else {
      next(choice.none());
    }
  }

  private void hold(Failure otherwise) {
    if (patienceOver || !choice.mayHaveMasterSoon() || !request.context().held.hold(this)) {
      giveUp(otherwise);
      return;
    }
    request.client().giveUpBy(this);
    if (!patient) {
      patient = true;
      request.context().deadlines.set(patience, HeldRequests.NANOS_MAX);
    }
  }

  /** While it is held. */
  @Override
  public boolean clientGone() {
    request.context().held.leave(this);
    clientFailed(ClientFailure.gone());
    return true;
  }

  /** A right to write that came and went between two changes of the rotation wakes nobody. */
  private void recheck() {
    if (request.context().held.holds(this)) {
      request.context().held.leave(this);
      again();
    }
  }

  private void holdAndRecheck(Failure refused) {
    hold(refused);
    long millis = Math.min(RECHECK_MILLIS_MAX, RECHECK_MILLIS_MIN << Math.min(rechecks++, 4));
    UnlessEnding.executeAfter(
        request.context().thread::executeAfter, this::recheck, millis, TimeUnit.MILLISECONDS);
  }

  private void late() {
    patienceOver = true;
    request.context().held.leave(this);
    if (asked.nobody() && !completed) {
      giveUp(choice.noMaster());
    }
  }

  private void next(Failure last) {
    App app = choice.next(request.exchange(), tried);
    if (app == null && fenced(last)) {
      holdAndRecheck(last);
    } else if (app == null && !tried.isEmpty() && choice.mayChangeSoon()) {
      hold(last);
    } else if (app == null) {
      giveUp(tried.isEmpty() ? choice.none() : last);
    } else {
      if (!tried.isEmpty()) {
        app.retries.increment();
      }
      attempt(app, false);
    }
  }

  /** Whether a node of the cluster did not let it through: it will, or another one, in a moment. */
  private boolean fenced(Failure last) {
    return last.kind() == Failure.Kind.FENCED
        && !last.reached()
        && !tried.isEmpty()
        && by.origin() == Origin.CLIENT;
  }

  private void attempt(App app, boolean fresh) {
    asked.begin(app);
    amongSeveral = false;
    if (trace != null) {
      trace.asks(request.exchange(), app, asked.sinceNanos());
    }
    request.client().goOn();
    by.protocol().attempt(request, app, fresh, this);
  }

  /** The exchange is over, however it ended; buffers and counters are given back. */
  private void completed() {
    if (!completed) {
      completed = true;
      asked.end();
      request.client().end();
      request.context().held.leave(this);
      request.context().deadlines.clear(patience);
      request.body().release();
    }
  }

  @Override
  public void failed(App app, Failure failure) {
    asked.end();
    request.client().goOn();
    if (completed) {
      return;
    }
    if (staleness.forgives(failure)) {
      by.stats().retries.increment();
      request.body().rewind();
      attempt(app, true);
      return;
    }
    if (failure.kind().counts()) {
      app.failures.increment();
    }
    by.blame().failed(app, failure, asked.sinceNanos());
    seen = failure.reached() ? failure : seen;
    if (by.retries().allow(request, staleness.with(failure))) {
      by.stats().retries.increment();
      tried = new ArrayList<>(tried);
      tried.add(app);
      request.body().rewind();
      next(failure);
    } else {
      giveUp(staleness.with(failure));
    }
  }

  private void giveUp(Failure last) {
    Failure failure = forClient(last);
    request.client().goOn();
    if (failure.kind() != Failure.Kind.NOTHING_HERE) {
      by.stats().upstreamErrors.increment();
    }
    log.debug("No answer to {}: {}", request.exchange().getRequestURI(), failure.message());
    by.refusal().answer(request.body(), failure);
  }

  /** What may change something, and was seen by one application, may have been done, wherever else it was refused. */
  private Failure forClient(Failure last) {
    boolean safe = Methods.safe(request.exchange().getRequestMethod());
    return seen == null || last.reached() || safe ? last : seen;
  }

  @Override
  public void connected(App app) {
    if (trace != null) {
      trace.connected(System.nanoTime());
    }
  }

  @Override
  public void within(String application) {
    amongSeveral = true;
    if (trace != null) {
      trace.within(application);
    }
  }

  @Override
  public void answered(App app, int status) {
    long now = System.nanoTime();
    if (trace != null) {
      trace.answered(app, status, now);
    }
    by.blame().answered(app, status, asked.sinceNanos());
    choice.answered(request.exchange(), app, now - asked.sinceNanos());
  }

  @Override
  public void whole(App app, int status) {
    by.blame().whole(app, status);
  }

  @Override
  public void unanswered(App app, int status, String words) {
    answered(app, status);
    request.client().goOn();
    by.stats().upstreamErrors.increment();
    by.refusal().page(request.body(), status, words);
  }

  @Override
  public void clientFailed(ClientFailure failure) {
    asked.end();
    request.client().goOn();
    RequestRules.Refused refused = failure.refused();
    if (refused != null && !completed && !request.exchange().isResponseStarted()) {
      Ending.page(request.body(), refused.status(), refused.words());
    } else {
      clientLost(String.valueOf(failure.getMessage()));
    }
  }

  @Override
  public void broken(App app, Failure failure) {
    boolean out = request.exchange().isResponseStarted();
    if (failure.kind().blame) {
      app.failures.increment();
      blameBroken(app, failure);
      if (out) {
        by.stats().brokenResponses.increment();
      }
    }
    log.debug("Broke off {}: {}", request.exchange().getRequestURI(), failure.message());
    if (out) {
      if (trace != null) {
        trace.broken(failure.kind());
      }
      cut();
    } else if (!completed) {
      request.client().goOn();
      by.stats().upstreamErrors.increment();
      by.refusal().answer(request.body(), failure);
    }
  }

  /** What one of several does its own node judges: the others of it may be well. */
  private void blameBroken(App app, Failure failure) {
    if (EventStream.isOut(request.exchange())) {
      return;
    }
    if (amongSeveral) {
      by.blame().failed(app, failure, asked.sinceNanos());
    } else {
      by.blame().broken(app, failure, asked.sinceNanos());
    }
  }

  @Override
  public void clientLost(String why) {
    log.debug("The client of {} is gone: {}", request.exchange().getRequestURI(), why);
    if (trace != null && request.exchange().isResponseStarted()) {
      trace.brokenByClient();
    }
    cut();
  }

  private void cut() {
    boolean over = completed || request.exchange().isComplete();
    if (!over) { // else its connection may be another request's already
      Ending.abort(request.exchange());
    }
  }
}
