package appliance.edge;

import io.undertow.util.HeaderMap;

/**
 * Carries reads as they are. A write to this node's own application needs a {@link WritePass}; one to
 * another node's goes by that node's relay, so that it is asked for there, with the epoch known here.
 */
record FencedProtocol(UpstreamProtocol next, WriteFence fence) implements UpstreamProtocol {

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    HeaderMap headers = request.exchange().getRequestHeaders();
    headers.remove(WriteOrder.HEADER);
    headers.remove(WritePass.EPOCH);
    OwnApps.name(headers, app);
    WriteOrder order = request.order();
    if (app.member.equals(fence.self())) {
      own(request, app, fresh, outcome);
    } else if (order.purpose() == Purpose.READ) {
      next.attempt(request, app, fresh, outcome);
    } else {
      new WriteOrder(order.purpose(), fence.epoch()).write(headers);
      OwnApps.name(headers, app.forWrites());
      next.attempt(request, app.forWrites(), fresh, new As(app, () -> {}, outcome));
    }
  }

  private void own(Request request, App app, boolean fresh, Outcome outcome) {
    if (request.order().purpose() == Purpose.READ) {
      next.attempt(request, app, fresh, outcome);
      return;
    }
    WritePass pass;
    try {
      pass = fence.admit(request.order());
    } catch (WriteFence.Refused e) {
      outcome.failed(app, Failure.unsent(Failure.Kind.FENCED, String.valueOf(e.getMessage())));
      return;
    }
    pass.mark(request.exchange());
    next.attempt(request, app, fresh, new As(app, pass::end, outcome));
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
