package appliance.edge.proxy;

import appliance.edge.http.ResponseHead;
import appliance.edge.proxy.UpstreamProtocol.Outcome;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import org.jspecify.annotations.Nullable;

/** What another member's relay says for itself. */
public final class RelayRefusal {

  private RelayRefusal() {}

  /** Whether the answer is not its application's. */
  static boolean is(ResponseHead found) {
    return found.failed() != null || unsent(found) != null;
  }

  /** Tells what has become of the request, if {@link #is} says that it is one. */
  static void tell(ResponseHead found, App app, Outcome outcome) {
    Failure unsent = unsent(found);
    String failed = found.failed();
    if (unsent != null) {
      outcome.failed(app, unsent);
    } else if (failed != null) {
      Failure.Kind.toldOfFailed(found.failedKind())
          .ifPresentOrElse(
              kind -> outcome.failed(app, Failure.sent(kind, failed + " at " + app.where())),
              () -> outcome.unanswered(app, found.status(), failed));
    }
  }

  /** Why its application saw nothing of the request, if it says so. */
  public static @Nullable Failure unsent(ResponseHead found) {
    String fenced = found.fenced();
    String unsent = found.unsent();
    if (fenced != null) {
      return Failure.unsent(Failure.Kind.FENCED, fenced);
    }
    return unsent == null ? null : Failure.unsent(Failure.Kind.told(found.unsentKind()), unsent);
  }
}
