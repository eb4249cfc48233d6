package appliance.edge.health;

import appliance.edge.balance.Candidates;
import appliance.edge.balance.SlowStart;
import appliance.edge.proxy.Forwarder;
import appliance.edge.proxy.Group;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.model.CheckResult;
import appliance.model.Health;
import appliance.runtime.Loop;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the several applications are that this node has for one site: checks each and leaves out those that
 * fail, by the rules that hold among nodes. To the other nodes they are one, which works if any of them
 * does. All of it on one loop, but for what is published.
 */
public final class GroupHealth implements Group.Ready {

  private static final Logger log = LoggerFactory.getLogger(GroupHealth.class);

  private final Loop loop;
  private final HealthRules rules;
  private final SlowStart slowStart;
  private final Checks checks;
  private final Reports reports;
  private final List<CheckedApp> entries;
  private final List<Consumer<CheckResult>> asking = new ArrayList<>();
  private volatile Candidates candidates = Candidates.of(List.of(), null);
  private volatile String whyNone = "";
  private volatile String troubles = "";

  public GroupHealth(
      Loop loop, List<App> apps, HealthRules rules, SlowStart slowStart, Checks checks) {
    this.loop = loop;
    this.rules = rules;
    this.slowStart = slowStart;
    this.checks = checks;
    reports = new Reports(loop, rules, this::judge);
    entries = apps.stream()
        .map(app -> new CheckedApp(app, new AppHealth(rules, Clock.systemUTC())))
        .toList();
  }

  /** Starts the checks. */
  public void start() {
    reports.post(this::checkAll);
    loop.every(rules.interval(), this::checkAll);
  }

  @Override
  public Candidates candidates() {
    return candidates;
  }

  /** In the order in which they are configured; any thread. */
  public List<App> all() {
    return entries.stream().map(CheckedApp::app).toList();
  }

  /** Never empty: another node's check that is told it takes it for the reason. */
  @Override
  public String whyNone() {
    return whyNone.isEmpty() ? "not checked yet" : whyNone;
  }

  /** Those that are known not to work, each with the reason and since when; may be empty. Any thread. */
  public String troubles() {
    return troubles;
  }

  /** Tells, on the loop, whether any of them works. Waits until that is known. */
  void check(Consumer<CheckResult> result) {
    boolean posted = reports.post(() -> {
      asking.add(result);
      tellAsking();
    });
    if (!posted) {
      result.accept(together()); // as it was last known
    }
  }

  /** Counts for nothing before any of them is known. */
  private CheckResult together() {
    if (!candidates.apps().isEmpty()) {
      return CheckResult.PASSED;
    }
    return whyNone.isEmpty() ? CheckResult.BUSY : CheckResult.failed(whyNone);
  }

  private void tellAsking() {
    CheckResult now = together();
    if (now.passed() || entries.stream().allMatch(entry -> entry.health().known())) {
      asking.forEach(one -> one.accept(now));
      asking.clear();
    }
  }

  private void checkAll() {
    entries.forEach(entry -> entry.check(checks, reports, this::publish));
  }

  /** Whoever asks them tells here what becomes of it; any thread. */
  public Forwarder.Blame blame() {
    return reports;
  }

  private void judge(App app, Failure last, Reports.Charge charge) {
    boolean only = candidates.apps().equals(List.of(app));
    if (only || !app.health().healthy()) {
      return;
    }
    for (CheckedApp entry : entries) {
      if (entry.app() == app && charge == Reports.Charge.NOBODY_THERE) {
        entry.unreachable(last);
      } else if (entry.app() == app
          && AppHealth.mayEjectOneMore(entries.stream().map(CheckedApp::health))) {
        app.ejections.increment();
        entry.health().eject(charge.what, last.message());
      }
    }
    publish();
  }

  private void publish() {
    List<CheckedApp> ready = ready();
    entries.forEach(entry -> note(entry, ready.contains(entry)));
    whyNone = reasons(entry -> true, entry -> entry.health().cause());
    troubles = reasons(
        entry -> entry.health().known(), entry -> entry.health().health().reason());
    Candidates next = Candidates.of(ready.stream().map(CheckedApp::app).toList(), null);
    if (!next.equals(candidates)) {
      candidates = next;
    }
    entries.forEach(
        entry -> tell(entry.app(), entry.health().health())); // not before requests find it
    tellAsking();
  }

  /** If nobody else is left an ejection keeps no requests away. */
  private List<CheckedApp> ready() {
    List<CheckedApp> healthy =
        entries.stream().filter(entry -> entry.health().health().healthy()).toList();
    return healthy.isEmpty()
        ? entries.stream().filter(entry -> entry.health().passing()).toList()
        : healthy;
  }

  private void note(CheckedApp entry, boolean ready) {
    if (entry.returns(ready)) {
      slowStart.returned(entry.app());
    }
  }

  /** Of those that are not healthy; an address is told once. */
  private String reasons(Predicate<CheckedApp> which, Function<CheckedApp, String> reason) {
    return entries.stream()
        .filter(entry -> which.test(entry) && !entry.health().health().healthy())
        .map(entry -> entry.app().owner() + ": "
            + reason.apply(entry).replace(" at " + entry.app().where(), ""))
        .collect(Collectors.joining("; "));
  }

  private static void tell(App app, Health now) {
    Health before = app.health();
    app.health(now);
    if (now.healthy() && !before.healthy()) {
      log.info("The application {} of this node gets traffic", app.owner());
    } else if (!now.healthy() && before.healthy()) {
      log.warn(
          "The application {} of this node gets no more traffic: {}", app.owner(), now.reason());
    }
  }
}
