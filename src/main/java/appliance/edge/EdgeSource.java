package appliance.edge;

import appliance.config.EdgeConfig;
import appliance.status.Family;
import appliance.status.Section;
import appliance.status.Source;
import java.util.List;
import java.util.function.IntSupplier;

/** What an operator sees of the edge. */
record EdgeSource(
    EdgeConfig config, IntSupplier port, EdgeStats stats, EdgeMetrics metrics, AccessLogStats log)
    implements Source {

  @Override
  public List<Family> families() {
    return metrics.families();
  }

  @Override
  public Section read() {
    Apps apps = metrics.apps();
    Section.Builder section = Section.builder()
        .text("http", config.http().withPort(port.getAsInt()).toString())
        .counter("requests", stats.requests.sum())
        .gauge("active", stats.active.sum())
        .gauge("requestsPerSecond", stats.requestsPerSecond())
        .counter("refused", stats.refused.sum())
        .counter("upstreamErrors", stats.upstreamErrors.sum())
        .counter("brokenResponses", stats.brokenResponses.sum())
        .counter("retries", stats.retries.sum())
        .counter("retriesDenied", stats.retriesDenied.sum())
        .gauge("requestsHeld", stats.held.sum())
        .gauge("readyApplications", apps.rotation().ready().size())
        .text(
            "whyNoneReady", apps.rotation().ready().isEmpty() ? apps.rotation().whyNone() : "")
        .counter("upstreamConnectionsOpened", stats.pool.opened.sum())
        .gauge("upstreamConnections", stats.pool.open.sum())
        .gauge("upstreamConnectionsIdle", stats.pool.idle.sum())
        .gauge("requestsWaitingForConnection", stats.pool.waiting.sum());
    log.tell(section);
    return section.build();
  }
}
