package appliance.edge.proxy;

import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.Continue;
import appliance.edge.exchange.Origin;
import appliance.edge.http.RelayHeaders;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.write.Purpose;
import appliance.edge.write.WriteFence;
import appliance.edge.write.WriteOrder;
import appliance.edge.write.WritePass;
import appliance.runtime.UnlessEnding;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Carries reads as they are. A write to this node's own application needs a {@link WritePass}; one to
 * another node's goes by that node's relay, so that it is asked for there, with the epoch known here. A body
 * that could not be sent twice is held back until that node has let the write through.
 */
public final class FencedProtocol implements UpstreamProtocol {

  /** Of requests that wait for the cluster's word, on all threads; each costs a buffer at most. */
  private static final int WAITING_MAX = 1024;

  private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
  private static final long RECHECK_MILLIS = 5;

  private final UpstreamProtocol next;
  private final WriteFence fence;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param next carries what may go
   * @param fence decides on writes to this node's own application
   */
  public FencedProtocol(UpstreamProtocol next, WriteFence fence) {
    this.next = next;
    this.fence = fence;
  }

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    HeaderMap headers = request.exchange().getRequestHeaders();
    headers.remove(WriteOrder.HEADER);
    headers.remove(WritePass.EPOCH);
    if (request.origin() != Origin.OTHER_EDGE) {
      headers.remove(RelayHeaders.CHECK);
    }
    OwnApps.name(headers, app);
    ToldTarget.pass(request.exchange(), request.origin(), app);
    WriteOrder order = request.order();
    request.body().askFirst(false);
    if (app.member.equals(fence.self())) {
      own(new Attempt(request, app, fresh, outcome));
    } else if (order.purpose() == Purpose.READ) {
      next.attempt(request, app, fresh, outcome);
    } else {
      // A client that waits for 100 has its body still; the other end of the way is asked for it.
      boolean asks = !request.body().staysReplayable() && !request.body().awaitsContinue();
      request.body().askFirst(asks);
      new WriteOrder(order.purpose(), fence.epoch(), asks).write(headers);
      OwnApps.name(headers, app.forWrites());
      next.attempt(request, app.forWrites(), fresh, new As(app, () -> {}, outcome));
    }
  }

  /** An attempt at this node's own application. */
  private record Attempt(Request request, App app, boolean fresh, Outcome outcome) {

    boolean clientGone() {
      outcome.clientFailed(ClientFailure.gone());
      return true;
    }

    void refused(WriteFence.Refused why) {
      outcome.failed(app, Failure.unsent(Failure.Kind.FENCED, String.valueOf(why.getMessage())));
    }
  }

  private void own(Attempt attempt) {
    if (attempt.request.order().purpose() == Purpose.READ) {
      next.attempt(attempt.request, attempt.app, attempt.fresh, attempt.outcome);
      return;
    }
    try {
      write(attempt);
    } catch (WriteFence.Unconfirmed e) {
      if (waiting.incrementAndGet() > WAITING_MAX) {
        waiting.decrementAndGet();
        attempt.refused(e);
      } else {
        await(attempt, System.nanoTime() + WAIT_NANOS_MAX);
      }
    } catch (WriteFence.Refused e) {
      attempt.refused(e);
    }
  }

  /**
   * The first write after a while comes before the cluster's word. It is not refused for that: another
   * node that has begun to send its body would have to break off.
   */
  private void await(Attempt attempt, long deadline) {
    attempt.request.client().giveUpBy(attempt::clientGone);
    UnlessEnding.executeAfter(
        attempt.request.context().thread::executeAfter,
        () -> again(attempt, deadline),
        RECHECK_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void again(Attempt attempt, long deadline) {
    if (attempt.request.client().over()) {
      waiting.decrementAndGet(); // nobody waits for it any more
      return;
    }
    try {
      write(attempt);
    } catch (WriteFence.Unconfirmed e) {
      if (System.nanoTime() - deadline < 0) {
        await(attempt, deadline);
        return;
      }
      attempt.refused(e);
    } catch (WriteFence.Refused e) {
      attempt.refused(e);
    }
    waiting.decrementAndGet();
  }

  private void write(Attempt attempt) throws WriteFence.Refused {
    Request request = attempt.request;
    WritePass pass = fence.admit(request.order());
    pass.mark(request.exchange());
    Outcome outcome = new As(attempt.app, pass::end, attempt.outcome);
    if (request.order().asks() && request.body().awaitsContinue()) {
      Continue.send(
          request.exchange(),
          () -> {
            request.exchange().getRequestHeaders().remove(Headers.EXPECT);
            next.attempt(request, attempt.app, attempt.fresh, outcome);
          },
          outcome::clientFailed);
    } else {
      next.attempt(request, attempt.app, attempt.fresh, outcome);
    }
  }

  /**
   * Tells of an attempt as one at {@code app}, whatever way it took.
   *
   * @param over is called when the attempt has failed
   */
  private record As(App app, Runnable over, Outcome outcome) implements Outcome {

    @Override
    public void connected(App by) {
      outcome.connected(app);
    }

    @Override
    public List<App> countsFor(App by) {
      return outcome.countsFor(app);
    }

    @Override
    public void within(String application) {
      outcome.within(application);
    }

    @Override
    public void failed(App by, Failure failure) {
      over.run();
      outcome.failed(app, by == app ? failure : failure.onRelay());
    }

    @Override
    public void unanswered(App by, int status, String words) {
      over.run();
      outcome.unanswered(app, status, words);
    }

    @Override
    public void answered(App by, int status) {
      outcome.answered(app, status);
    }

    @Override
    public void whole(App by, int status) {
      outcome.whole(app, status);
    }

    @Override
    public void clientFailed(ClientFailure failure) {
      over.run();
      outcome.clientFailed(failure);
    }

    @Override
    public void broken(App by, Failure failure) {
      over.run();
      outcome.broken(app, by == app ? failure : failure.onRelay());
    }

    @Override
    public void clientLost(String why) {
      over.run();
      outcome.clientLost(why);
    }
  }
}
