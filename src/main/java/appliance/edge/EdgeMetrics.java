package appliance.edge;

import appliance.edge.exchange.Visits;
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

/** What {@code /metrics} tells of the edge by site and by upstream: the members' applications. */
record EdgeMetrics(Visits visits, Upstreams upstreams) {

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
    families.add(each(
        all, "requests_total", "Requests sent", Family.Kind.COUNTER, app -> app.requests.sum()));
    families.add(each(
        all, "failures_total", "Requests failed", Family.Kind.COUNTER, app -> app.failures.sum()));
    families.add(each(
        all,
        "retries_total",
        "Requests sent here after another application's failure",
        Family.Kind.COUNTER,
        app -> app.retries.sum()));
    families.add(each(
        all,
        "ejections_total",
        "Times left out for failed requests",
        Family.Kind.COUNTER,
        app -> app.ejections.sum()));
    families.add(
        each(all, "active", "Requests under way", Family.Kind.GAUGE, app -> app.active.get()));
    families.add(each(
        all,
        "healthy",
        "1 if it may get requests",
        Family.Kind.GAUGE,
        app -> app.health().healthy() ? 1 : 0));
    return families;
  }

  /** What the samples of one site are. */
  @FunctionalInterface
  private interface Samples {

    List<Sample> of(Answers answers, Map<String, String> labels);
  }

  private List<Sample> sites(Samples samples) {
    List<Sample> all = new ArrayList<>();
    visits
        .bySite()
        .forEach((site, answers) -> all.addAll(samples.of(answers, Map.of("site", site))));
    return all;
  }

  private static Family each(
      Collection<App> apps, String name, String help, Family.Kind kind, Function<App, Number> of) {
    return new Family(
        "edge_upstream_" + name,
        help,
        kind,
        apps.stream()
            .<Sample>map(app -> new Sample.Value(labels(app), of.apply(app)))
            .toList());
  }

  private static Map<String, String> labels(App app) {
    return app.site.isEmpty()
        ? Map.of("member", app.memberName)
        : Map.of("member", app.memberName, "site", app.site);
  }
}
