package appliance.edge;

import appliance.config.EdgeConfig;
import appliance.config.SiteConfig;
import appliance.edge.balance.AppChoice;
import appliance.edge.balance.Balancer;
import appliance.edge.balance.RetryBudget;
import appliance.edge.health.AppPorts;
import appliance.edge.health.GroupHealth;
import appliance.edge.proxy.FencedProtocol;
import appliance.edge.proxy.Group;
import appliance.edge.proxy.Http1;
import appliance.edge.proxy.LocalApplication;
import appliance.edge.proxy.LocalCall;
import appliance.edge.proxy.NodeProtocol;
import appliance.edge.proxy.OwnApps;
import appliance.edge.proxy.Retries;
import appliance.edge.proxy.UpstreamProtocol;
import appliance.edge.site.SiteContent;
import appliance.edge.stats.EdgeStats;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Reach;
import appliance.edge.write.WriteFence;
import appliance.model.Endpoints;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.net.URI;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This node's applications, by site: a single one that speaks HTTP is reached as any other's is, a single
 * one that does not by a call within this process, several by a {@link Group}.
 */
final class OwnApplications implements AppPorts.Own, AutoCloseable {

  private final NodeId self;
  private final HostPort relay;
  private final Map<String, List<URI>> urls = new LinkedHashMap<>();

  /** Those that are called within this process, single or among several. */
  private final IdentityHashMap<App, LocalCall> calls = new IdentityHashMap<>();

  private final Map<String, LocalCall> locals = new LinkedHashMap<>();
  private final Map<String, GroupHealth> groups = new LinkedHashMap<>();

  /** Makes the health of the several that a site has. */
  @FunctionalInterface
  interface Healths {

    GroupHealth of(String site, List<App> apps);
  }

  OwnApplications(EdgeConfig config, EdgePorts node, Healths healths) {
    self = node.fence().self();
    relay = node.relay();
    add(Endpoints.DEFAULT_SITE, config.apps(), node.applications(), healths);
    for (SiteConfig site : config.sites()) {
      site.app()
          .ifPresent(app -> add(
              site.name(),
              app.urls(),
              node.sites().getOrDefault(site.name(), SiteContent.NONE).applications(),
              healths));
    }
  }

  private void add(String site, List<URI> apps, List<LocalApplication> inProcess, Healths healths) {
    if (!apps.isEmpty()) {
      urls.put(site, apps);
    }
    if (apps.size() > 1) {
      groups.put(site, healths.of(site, among(site, apps, inProcess)));
    } else if (!inProcess.isEmpty()) {
      locals.put(site, new LocalCall(inProcess.get(0)));
    }
  }

  private List<App> among(String site, List<URI> apps, List<LocalApplication> inProcess) {
    List<App> all = new ArrayList<>();
    for (URI url : apps) {
      Reach reach = inProcess.isEmpty() ? http(url) : inProcess();
      App app = App.among(self, url, reach.of(site));
      if (!inProcess.isEmpty()) {
        calls.put(app, new LocalCall(inProcess.get(all.size())));
      }
      all.add(app);
    }
    return List.copyOf(all);
  }

  private static Reach http(URI url) {
    return new Reach(Reach.hostPort(url).asWritten(), Reach.Way.DIRECT);
  }

  private Reach inProcess() {
    return new Reach(relay.asWritten(), Reach.Way.LOCAL);
  }

  boolean none() {
    return urls.isEmpty() && locals.isEmpty();
  }

  /** Several that are one to the other nodes, by site. */
  Map<String, GroupHealth> groups() {
    return groups;
  }

  @Override
  public @Nullable LocalCall call(App app) {
    LocalCall among = calls.get(app);
    return among == null && app.local ? locals.get(app.site) : among;
  }

  @Override
  public @Nullable GroupHealth group(App app) {
    return app.local && !calls.containsKey(app) ? groups.get(app.site) : null;
  }

  /**
   * Reaches any application, this node's or not.
   *
   * @param balancer makes one for the several of a site
   */
  UpstreamProtocol protocol(WriteFence fence, Supplier<Balancer> balancer, EdgeStats stats) {
    Http1 http = new Http1();
    UpstreamProtocol single = new FencedProtocol(new NodeProtocol(locals, http), fence);
    if (groups.isEmpty()) {
      return single;
    }
    UpstreamProtocol within = new FencedProtocol(within(http), fence);
    Map<String, Group> several = new LinkedHashMap<>();
    groups.forEach((site, health) -> several.put(
        site,
        new Group(
            health,
            balancer.get(),
            within,
            health.blame(),
            new Retries(new RetryBudget(System::nanoTime), stats))));
    return (request, app, fresh, outcome) -> {
      Group group = app.local ? several.get(app.site) : null;
      (group == null ? single : group).attempt(request, app, fresh, outcome);
    };
  }

  /** Reaches any one of several. */
  private UpstreamProtocol within(Http1 http) {
    return (request, app, fresh, outcome) -> {
      LocalCall call = calls.get(app);
      (call == null ? http : call).attempt(request, app, fresh, outcome);
    };
  }

  /** For this node's relay: the edge that asks decides about retries and health. */
  OwnApps forRelay() {
    Map<String, AppChoice> own = new LinkedHashMap<>();
    urls.forEach((site, apps) -> {
      boolean here = locals.containsKey(site) || apps.size() > 1;
      Reach reach = here ? inProcess() : http(apps.get(0));
      own.put(site, new AppChoice.Own(new App(self, "own", reach.of(site))));
    });
    return new OwnApps(own);
  }

  /** While the edge's threads still run. */
  @Override
  public void close() {
    locals.values().forEach(call -> call.application().close().run());
    calls.values().forEach(call -> call.application().close().run());
  }
}
