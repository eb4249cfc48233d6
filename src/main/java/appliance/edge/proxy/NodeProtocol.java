package appliance.edge.proxy;

import appliance.edge.upstream.App;
import java.util.Map;

/**
 * Reaches this node's applications that do not speak HTTP within this process, and all others by HTTP.
 *
 * @param locals the former, by site
 */
public record NodeProtocol(Map<String, LocalCall> locals, Http1 http) implements UpstreamProtocol {

  @Override
  public void attempt(Request request, App app, boolean fresh, Outcome outcome) {
    LocalCall local = app.local ? locals.get(app.site) : null;
    if (local == null) {
      http.attempt(request, app, fresh, outcome);
    } else {
      local.attempt(request, app, fresh, outcome);
    }
  }
}
