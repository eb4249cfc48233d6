package appliance.edge.proxy;

import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.Origin;
import appliance.edge.http.RelayHeaders;
import appliance.edge.proxy.UpstreamProtocol.Outcome;
import appliance.edge.proxy.UpstreamProtocol.Request;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import io.undertow.util.HeaderMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a {@link Group}: at one of its applications after the other, as long as another one cannot
 * do harm. Whoever made it learns of a single application. Lives on the request's I/O thread.
 */
final class GroupAttempt implements Outcome {

  private final Group by;
  private final Request request;
  private final App whole;
  private final Outcome outcome;
  private final List<App> tried = new ArrayList<>();
  private final Asked asked = new Asked();
  private final boolean fresh;
  private final Staleness staleness;

  /** Whether it only asks how they are, which is no row's end: it may ask what always works. */
  private final boolean check;

  private @Nullable Failure reached;
  private boolean completed;

  /**
   * @param whole the group, as its caller knows it
   * @param fresh whether a connection that served before will not do
   */
  GroupAttempt(Group by, Request request, App whole, boolean fresh, Outcome outcome) {
    this.by = by;
    this.request = request;
    this.whole = whole;
    this.outcome = outcome;
    this.fresh = fresh;
    staleness = new Staleness(request, fresh);
    check = request.origin() == Origin.OTHER_EDGE
        && request.exchange().getRequestHeaders().contains(RelayHeaders.CHECK);
  }

  void begin() {
    by.retries().budget().request();
    request.exchange().addExchangeCompleteListener((exchange, next) -> {
      completed = true;
      asked.end();
      next.proceed();
    });
    App first = pick();
    if (first == null) {
      outcome.failed(whole, by.none());
    } else {
      attempt(first, fresh);
    }
  }

  private @Nullable App pick() {
    return by.balancer().pick(request.exchange(), by.ready().candidates(), tried);
  }

  private void attempt(App app, boolean anew) {
    asked.begin(app);
    by.protocol().attempt(request, app, anew, this);
  }

  @Override
  public void failed(App app, Failure failure) {
    asked.end();
    // What the node may not do, or is not waited for any more, it is not by another application
    // either.
    if (completed || failure.kind().ofNode()) {
      giveUp(failure);
      return;
    }
    if (staleness.forgives(failure)) {
      again(app, true);
      return;
    }
    if (failure.kind().counts()) {
      app.failures.increment();
    }
    by.blame().failed(app, failure, asked.sinceNanos());
    tried.add(app);
    App other = pick();
    if (other != null && by.retries().allow(request, staleness.with(failure))) {
      reached = failure.reached() ? failure : reached;
      other.retries.increment();
      again(other, false);
    } else {
      giveUp(failure);
    }
  }

  /** Whoever asked learns that the request may have been seen, if any attempt came that far. */
  private void giveUp(Failure last) {
    Failure all = staleness.with(last);
    Failure told = all.reached() || reached == null ? all : reached;
    outcome.failed(
        whole, told.reached() ? Failure.sent(told.kind(), told.message()) : told); // not stale
  }

  private void again(App app, boolean anew) {
    by.retries().stats().retries.increment();
    request.body().rewind();
    attempt(app, anew);
  }

  @Override
  public void connected(App app) {
    outcome.connected(whole);
  }

  @Override
  public List<App> countsFor(App app) {
    return List.of(app, whole);
  }

  @Override
  public void answered(App app, int status) {
    heard(app, status);
    outcome.answered(whole, status);
  }

  private void heard(App app, int status) {
    long nanos = System.nanoTime() - asked.sinceNanos();
    app.answers.add(status, nanos);
    if (!check) {
      by.blame().answered(app, status, asked.sinceNanos());
    }
    by.balancer().answered(request.exchange(), app, nanos);
    name(app);
  }

  /** For the access log, which is the other edge's if that has asked. */
  private void name(App app) {
    if (request.origin() == Origin.CLIENT) {
      outcome.within(app.memberName);
    } else {
      HeaderMap headers = request.exchange().getResponseHeaders();
      headers.put(RelayHeaders.APPLICATION, app.memberName);
    }
  }

  @Override
  public void whole(App app, int status) {
    if (!check) {
      by.blame().whole(app, status);
    }
    outcome.whole(whole, status);
  }

  @Override
  public void busy() {
    outcome.busy();
  }

  @Override
  public void unanswered(App app, int status, String words) {
    heard(app, status);
    outcome.unanswered(whole, status, words);
  }

  @Override
  public void clientFailed(ClientFailure failure) {
    asked.end();
    outcome.clientFailed(failure);
  }

  @Override
  public void broken(App app, Failure failure) {
    if (failure.kind().blame) {
      app.failures.increment();
      if (!EventStream.isOut(request.exchange())) {
        by.blame().broken(app, failure, asked.sinceNanos());
      }
    }
    outcome.broken(whole, failure);
  }

  @Override
  public void clientLost(String why) {
    outcome.clientLost(why);
  }
}
