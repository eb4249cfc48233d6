package appliance.admin;

import appliance.model.ClusterView;
import appliance.model.Member;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code /healthz}: whether a load balancer should send the public to this node. */
final class Rotation {

  private Rotation() {}

  static Response answer(ClusterView view) {
    return problem(view)
        .map(reason -> Response.json(503, unavailable(reason)))
        .orElseGet(() -> Response.json(200, Map.of("status", "ok")));
  }

  private static Map<String, String> unavailable(String reason) {
    Map<String, String> json = new LinkedHashMap<>();
    json.put("status", "unavailable");
    json.put("reason", reason);
    return json;
  }

  private static Optional<String> problem(ClusterView view) {
    Optional<Member> own = view.own();
    if (own.isEmpty()) {
      return Optional.of(
          "not in the cluster" + view.joining().map(wait -> ": " + wait.words()).orElse(""));
    }
    if (!own.get().state().takesTraffic()) {
      String state = own.get().state().name().toLowerCase(Locale.ROOT);
      return Optional.of(
          own.get().reason().isEmpty() ? state : state + ": " + own.get().reason());
    }
    return view.quorum()
        ? Optional.empty()
        : Optional.of("not in touch with a majority of the cluster");
  }
}
