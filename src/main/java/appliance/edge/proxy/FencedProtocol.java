package appliance.edge.proxy;

import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.Origin;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.write.Held;
import appliance.edge.write.Purpose;
import appliance.edge.write.WriteFence;
import appliance.edge.write.WriteOrder;
import appliance.edge.write.WritePass;
import io.undertow.util.HeaderMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Carries reads as they are. A write to this node's own application needs a {@link WritePass}; one to
 * another node's goes by that node's relay, so that it is asked for there, with the epoch known here.
 */
public final class FencedProtocol implements UpstreamProtocol {

  /** Of requests that wait for the cluster's word, on all threads; each costs a buffer at most. */
  private static final int WAITING_MAX = 1024;

  /** For what any node may be asked for: another one may have the word already. */
  private static final long UNCONFIRMED_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  /** For what its sender cannot send to another one. */
  private static final long BEHIND_NANOS_MAX = Held.NANOS_MAX;

  private static final long RECHECK_MILLIS = 5;

  private final UpstreamProtocol next;
  private final WriteFence fence;
  private final LongAdder count;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param next carries what may go
   * @param fence decides on writes to this node's own application
   * @param count of all requests that wait for the right to write
   */
  public FencedProtocol(UpstreamProtocol next, WriteFence fence, LongAdder count) {
    this.next = next;
    this.fence = fence;
    this.count = count;
  }

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    HeaderMap headers = request.exchange().getRequestHeaders();
    headers.remove(WriteOrder.HEADER);
    headers.remove(WritePass.EPOCH);
    OwnApps.name(headers, app);
    WriteOrder order = request.order();
    if (app.member.equals(fence.self())) {
      own(new Attempt(request, app, fresh, outcome));
    } else if (order.purpose() == Purpose.READ) {
      next.attempt(request, app, fresh, outcome);
    } else {
      new WriteOrder(order.purpose(), fence.epoch()).write(headers);
      OwnApps.name(headers, app.forWrites());
      next.attempt(request, app.forWrites(), fresh, new As(app, () -> {}, outcome));
    }
  }

  /** An attempt at this node's own application. */
  private record Attempt(Request request, App app, boolean fresh, Outcome outcome) {

    /**
     * For how long it waits, in nanoseconds, when it is not let through; 0 if not at all. The first write
     * after a while comes before the cluster's word, and one that another node has begun to send before
     * this node's own news: that node could not send it again if it was refused.
     */
    long patience(WriteFence.Refused why) {
      if (why instanceof WriteFence.Unconfirmed) {
        return UNCONFIRMED_NANOS_MAX;
      }
      boolean onlyHere =
          request.origin() == Origin.OTHER_EDGE && !request.body().staysReplayable();
      return why instanceof WriteFence.Behind && onlyHere ? BEHIND_NANOS_MAX : 0;
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
    } catch (WriteFence.Refused e) {
      long nanosMax = attempt.patience(e);
      if (nanosMax > 0 && waiting.incrementAndGet() <= WAITING_MAX) {
        count.increment();
        await(attempt, System.nanoTime() + nanosMax);
      } else {
        if (nanosMax > 0) {
          waiting.decrementAndGet();
        }
        attempt.refused(e);
      }
    }
  }

  private void await(Attempt attempt, long deadline) {
    attempt
        .request
        .lane()
        .thread
        .executeAfter(() -> again(attempt, deadline), RECHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void again(Attempt attempt, long deadline) {
    try {
      if (!attempt.request.exchange().isComplete()) { // else nobody waits for it any more
        write(attempt);
      }
    } catch (WriteFence.Refused e) {
      if (attempt.patience(e) > 0 && System.nanoTime() - deadline < 0) {
        await(attempt, deadline);
        return;
      }
      attempt.refused(e);
    }
    count.decrement();
    waiting.decrementAndGet();
  }

  private void write(Attempt attempt) throws WriteFence.Refused {
    Request request = attempt.request;
    WritePass pass = fence.admit(request.order());
    pass.mark(request.exchange());
    next.attempt(
        request, attempt.app, attempt.fresh, new As(attempt.app, pass::end, attempt.outcome));
  }

  /**
   * Tells of an attempt as one at {@code app}, whatever way it took.
   *
   * @param over is called when the attempt has failed
   */
  private record As(App app, Runnable over, Outcome outcome) implements Outcome {

    @Override
    public void failed(App by, Failure failure) {
      over.run();
      outcome.failed(app, failure);
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
    public void clientFailed(ClientFailure failure) {
      over.run();
      outcome.clientFailed(failure);
    }

    @Override
    public void broken(App by, String why, boolean applicationsFault) {
      over.run();
      outcome.broken(app, why, applicationsFault);
    }
  }
}
