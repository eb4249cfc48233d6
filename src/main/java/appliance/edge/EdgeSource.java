package appliance.edge;

import appliance.edge.health.Apps;
import appliance.edge.health.GroupHealth;
import appliance.edge.stats.EdgeStats;
import appliance.status.Family;
import appliance.status.Section;
import appliance.status.Source;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What an operator sees of the edge.
 *
 * @param parts tell of themselves
 */
record EdgeSource(EdgeStats stats, EdgeMetrics metrics, List<Consumer<Section.Builder>> parts)
    implements Source {

  EdgeSource {
    parts = List.copyOf(parts);
  }

  @Override
  public List<Family> families() {
    return metrics.families();
  }

  @Override
  public Section read() {
    Apps apps = metrics.upstreams().standard();
    Section.Builder section = Section.builder();
    section
        .counter("requests", stats.requests.sum())
        .gauge("active", stats.active.sum())
        .gauge("requestsPerSecond", stats.requestsPerSecond())
        .counter("hotAnswers", stats.hot.sum())
        .counter("refused", stats.refused.sum())
        .counter("upstreamErrors", stats.upstreamErrors.sum())
        .counter("brokenResponses", stats.brokenResponses.sum())
        .counter("requestsGivenUp", stats.givenUp.sum())
        .counter("retries", stats.retries.sum())
        .counter("retriesDenied", stats.retriesDenied.sum())
        .gauge("requestsHeld", stats.held.sum())
        .gauge("readyApplications", apps.rotation().ready().size())
        .text(
            "whyNoneReady", apps.rotation().ready().isEmpty() ? apps.rotation().whyNone() : "")
        .counter("upstreamConnectionsOpened", stats.pool.opened.sum())
        .gauge("upstreamConnections", stats.pool.open.sum())
        .gauge("upstreamConnectionsIdle", stats.pool.idle.sum())
        .gauge("requestsWaitingForConnection", stats.pool.waiting.sum())
        .gauge("buffersInUse", stats.buffers.sum());
    String sites = metrics.upstreams().sites();
    if (!sites.isEmpty()) {
      section.text("sites", sites).text("unknownSites", metrics.upstreams().unknownSites());
    }
    if (!metrics.groups().isEmpty()) {
      section.text(
          "applicationTroubles",
          metrics.groups().values().stream()
              .map(GroupHealth::troubles)
              .filter(troubles -> !troubles.isEmpty())
              .collect(Collectors.joining("; ")));
    }
    parts.forEach(part -> part.accept(section));
    return section.build();
  }
}
