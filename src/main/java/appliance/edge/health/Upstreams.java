package appliance.edge.health;

import appliance.edge.balance.Rotation;
import appliance.edge.upstream.App;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Health;
import appliance.model.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members' applications for all sites, the default one's first. */
public final class Upstreams {

  private static final Logger log = LoggerFactory.getLogger(Upstreams.class);

  private final Map<String, Apps> bySite;

  /** Sites of other nodes that this one is not told of; replaced whole, on the loop. */
  private volatile Set<String> unknown = Set.of();

  /**
   * @param names of the sites besides the default one
   * @param apps makes those of one site
   */
  public Upstreams(List<String> names, Function<String, Apps> apps) {
    Map<String, Apps> all = new LinkedHashMap<>();
    all.put(Endpoints.DEFAULT_SITE, apps.apply(Endpoints.DEFAULT_SITE));
    names.forEach(name -> all.put(name, apps.apply(name)));
    bySite = Collections.unmodifiableMap(all);
  }

  /** Those of a site that is configured. */
  public Apps of(String site) {
    Apps apps = bySite.get(site);
    if (apps == null) {
      throw new IllegalStateException("there is no site " + site);
    }
    return apps;
  }

  /** Those of the default site. */
  public Apps standard() {
    return of(Endpoints.DEFAULT_SITE);
  }

  /** Starts the checks. */
  public void start() {
    bySite.values().forEach(Apps::start);
  }

  /** On the loop. */
  public void see(ClusterView view) {
    bySite.values().forEach(apps -> apps.see(view));
    Set<String> now = new TreeSet<>();
    view.members().forEach(member -> now.addAll(member.endpoints().sites().keySet()));
    now.removeAll(bySite.keySet());
    if (!now.isEmpty() && !now.equals(unknown)) {
      log.warn(
          "Other nodes have sites that are not in this node's configuration: {}. It takes requests"
              + " for their hosts as for the default site; add them to sites, with name and hosts",
          String.join(", ", now));
    }
    unknown = now;
  }

  /** Whether this node is to take no more requests; any thread. */
  public boolean draining() {
    return standard().rotation().draining();
  }

  /** What is wrong with any of a member's applications; unhealthy as well if it has none. */
  public Health health(NodeId member) {
    List<App> known = ofMember(member);
    return known.stream()
        .filter(app -> !app.health().healthy())
        .findFirst()
        .map(app -> app.site.isEmpty()
            ? app.health()
            : Health.unhealthy("site " + app.site + ": " + app.health().reason()))
        .orElseGet(() -> known.isEmpty() ? standard().health(member) : Health.HEALTHY);
  }

  private List<App> ofMember(NodeId member) {
    List<App> known = new ArrayList<>();
    for (Apps apps : bySite.values()) {
      App app = apps.all().get(member);
      if (app != null) {
        known.add(app);
      }
    }
    return known;
  }

  /** Requests under way to each member that surely gets no more of them from here, for no site. */
  public Map<NodeId, Integer> leaving() {
    Map<NodeId, Integer> leaving = new HashMap<>(standard().leaving());
    for (Apps apps : bySite.values()) {
      if (apps != standard()) {
        Map<NodeId, Integer> here = apps.leaving();
        leaving.keySet().retainAll(here.keySet());
        leaving.replaceAll((member, count) -> count + here.getOrDefault(member, 0));
      }
    }
    return leaving;
  }

  /** Every member's application of every site. */
  public List<App> all() {
    return bySite.values().stream()
        .flatMap(apps -> apps.all().values().stream())
        .toList();
  }

  /** Sites of other nodes whose hosts this node takes for the default site's; empty if there are none. */
  public String unknownSites() {
    return String.join(", ", unknown);
  }

  /** How many applications are ready for each site that has a name, what is wrong first. */
  public String sites() {
    Stream<String> strange =
        unknown.stream().map(site -> site + ": not in this node's configuration");
    Stream<String> known = bySite.entrySet().stream()
        .filter(site -> !site.getKey().isEmpty())
        .sorted(Comparator.comparing(site -> !site.getValue().rotation().ready().isEmpty()))
        .map(site -> site.getKey() + ": " + ready(site.getValue().rotation()));
    return Stream.concat(strange, known).collect(Collectors.joining("; "));
  }

  private static String ready(Rotation rotation) {
    return rotation.ready().isEmpty()
        ? "none ready (" + rotation.whyNone() + ")"
        : rotation.ready().size() + " ready";
  }
}
