package appliance.edge.proxy;

import appliance.edge.http.ResponseHead;
import appliance.edge.upstream.Failure;
import org.jspecify.annotations.Nullable;

/** What another member's relay says for itself. */
final class RelayRefusal {

  private RelayRefusal() {}

  /** Why its application saw nothing of the request; null if the answer is the application's. */
  static @Nullable Failure in(ResponseHead found) {
    String fenced = found.fenced();
    String unsent = found.unsent();
    if (fenced != null) {
      return Failure.unsent(Failure.Kind.FENCED, fenced);
    }
    return unsent == null ? null : Failure.unsent(Failure.Kind.CONNECT, unsent);
  }
}
