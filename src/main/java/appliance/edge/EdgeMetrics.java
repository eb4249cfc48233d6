package appliance.edge;

import appliance.edge.exchange.RequestTraces;
import appliance.edge.health.GroupHealth;
import appliance.edge.health.Upstreams;
import appliance.edge.stats.Answers;
import appliance.edge.upstream.App;
import appliance.status.Family;
import appliance.status.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What {@code /metrics} tells of the edge by site and by upstream: the members' applications; and each of
 * several of this node.
 *
 * @param groups of several that this node has, by site
 */
record EdgeMetrics(RequestTraces traces, Upstreams upstreams, Map<String, GroupHealth> groups) {

  List<Family> families() {
    List<Family> families = new ArrayList<>();
    families.add(new Family(
        "edge_site_requests_total",
        "Requests of the public by site and status class",
        Family.Kind.COUNTER,
        sites(Answers::samples)));
    families.add(new Family(
        "edge_site_seconds",
        "Time from a request's head to the end of its answer",
        Family.Kind.HISTOGRAM,
        sites((answers, labels) -> List.of(answers.times.sample(labels)))));
    Collection<App> all = upstreams.all();
    families.add(new Family(
        "edge_upstream_answers_total",
        "Answers of a member's application by status class",
        Family.Kind.COUNTER,
        all.stream().flatMap(app -> app.answers.samples(labels(app)).stream()).toList()));
    families.add(new Family(
        "edge_upstream_seconds",
        "Time from asking a member's application to the head of its answer",
        Family.Kind.HISTOGRAM,
        all.stream().map(app -> app.answers.times.sample(labels(app))).toList()));
    families.addAll(counts("edge_upstream_", all));
    List<App> own =
        groups.values().stream().flatMap(group -> group.all().stream()).toList();
    if (!own.isEmpty()) {
      families.addAll(counts("edge_application_", own));
    }
    return families;
  }

  private static List<Family> counts(String prefix, Collection<App> apps) {
    Counts of = new Counts(prefix, apps);
    return List.of(
        of.counter("requests_total", "Requests sent", app -> app.requests.sum()),
        of.counter("failures_total", "Requests failed", app -> app.failures.sum()),
        of.counter(
            "retries_total",
            "Requests sent here after another application's failure",
            app -> app.retries.sum()),
        of.counter(
            "ejections_total", "Times left out for failed requests", app -> app.ejections.sum()),
        of.gauge("active", "Requests under way", app -> app.active.get()),
        of.gauge("healthy", "1 if it may get requests", app -> app.health().healthy() ? 1 : 0));
  }

  /** A number of each of these. */
  private record Counts(String prefix, Collection<App> apps) {

    Family counter(String name, String help, Function<App, Number> of) {
      return family(name, help, Family.Kind.COUNTER, of);
    }

    Family gauge(String name, String help, Function<App, Number> of) {
      return family(name, help, Family.Kind.GAUGE, of);
    }

    private Family family(String name, String help, Family.Kind kind, Function<App, Number> of) {
      return new Family(
          prefix + name,
          help,
          kind,
          apps.stream()
              .<Sample>map(app -> new Sample.Value(labels(app), of.apply(app)))
              .toList());
    }
  }

  /** What the samples of one site are. */
  @FunctionalInterface
  private interface Samples {

    List<Sample> of(Answers answers, Map<String, String> labels);
  }

  private List<Sample> sites(Samples samples) {
    List<Sample> all = new ArrayList<>();
    traces
        .bySite()
        .forEach((site, answers) -> all.addAll(samples.of(answers, Map.of("site", site))));
    return all;
  }

  private static Map<String, String> labels(App app) {
    String what = app.key.equals(app.member) ? "member" : "application";
    return app.site.isEmpty()
        ? Map.of(what, app.memberName)
        : Map.of(what, app.memberName, "site", app.site);
  }
}
