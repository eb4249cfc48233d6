package appliance.admin;

import appliance.model.ClusterView;
import appliance.model.Member;
import java.util.Map;
import java.util.Optional;

/** {@code /healthz}: whether a load balancer should send the public to this node. */
final class Rotation {

  private Rotation() {}

  static Response answer(ClusterView view) {
    return problem(view)
        .map(reason -> Response.json(503, Map.of("status", "unavailable", "reason", reason)))
        .orElseGet(() -> Response.json(200, Map.of("status", "ok")));
  }

  private static Optional<String> problem(ClusterView view) {
    Optional<Member> own = view.own();
    if (own.isEmpty()) {
      return Optional.of("not joined yet");
    }
    if (!own.get().state().takesTraffic()) {
      String state = own.get().state().name().toLowerCase(java.util.Locale.ROOT);
      return Optional.of(
          own.get().reason().isEmpty() ? state : state + ": " + own.get().reason());
    }
    return view.quorum()
        ? Optional.empty()
        : Optional.of("not in touch with a majority of the cluster");
  }
}
