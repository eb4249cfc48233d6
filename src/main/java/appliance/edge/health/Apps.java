package appliance.edge.health;

import appliance.edge.balance.Candidates;
import appliance.edge.balance.Rotation;
import appliance.edge.balance.SlowStart;
import appliance.edge.proxy.Forwarder;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.Reach;
import appliance.model.ClusterView;
import appliance.model.Health;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applications of all members for one site and how they are: takes in the cluster's view, the results of checks
 * and the reports of failed requests, publishes the {@link Rotation}. All of it on one loop.
 */
public final class Apps {

  private static final Logger log = LoggerFactory.getLogger(Apps.class);

  /** A node that ends in order is down for the others, and finishes what it has. */
  private static final Duration FINISH_MAX = Duration.ofSeconds(4);

  private final Loop loop;
  private final String site;
  private final HealthRules rules;
  private final Clock clock;
  private final Ports ports;
  private final SlowStart slowStart;
  private final Exclusions exclusions;
  private final Reports reports;

  private final Map<NodeId, Entry> entries = new LinkedHashMap<>();
  private ClusterView view;
  private volatile Rotation rotation = Rotation.NONE;
  private volatile Map<NodeId, App> published = Map.of();

  /** What is to be done elsewhere. */
  interface Ports extends Checks {

    /** Closes what is kept for an application that is known no more. */
    void retire(App app);

    /** Gives up all that is under way to an application, whose node is gone or has waited long enough. */
    void abandon(App app, String why);

    /** Ends upgraded connections to an application whose node is to leave; null means all. */
    void goAway(@Nullable App app);

    /** Learns that there is a new rotation. */
    void changed();

    /** Runs {@code done}, on any thread, once every I/O thread has done what it is at now. */
    void fence(Runnable done);
  }

  private static final class Entry {

    final CheckedApp checked;
    MemberState state;

    Entry(CheckedApp checked, MemberState state) {
      this.checked = checked;
      this.state = state;
    }

    Health health() {
      return state == MemberState.DOWN
          ? Health.unhealthy("its node is down")
          : checked.health().health();
    }

    void tell() {
      App app = checked.app();
      Health now = health();
      Health before = app.health();
      app.health(now);
      if (now.healthy() && !before.healthy()) {
        log.info("The application of {} at {} gets traffic", app.owner(), app.where());
      } else if (!now.healthy() && before.healthy()) {
        log.warn("The application of {} gets no more traffic: {}", app.owner(), now.reason());
      }
    }
  }

  /**
   * Whose applications these are.
   *
   * @param name the site's
   * @param health when one of them counts as healthy
   */
  public record Site(String name, HealthRules health) {}

  public Apps(Loop loop, Site site, Clock clock, SlowStart slowStart, Ports ports) {
    this.loop = loop;
    this.site = site.name();
    rules = site.health();
    this.clock = clock;
    this.slowStart = slowStart;
    exclusions = new Exclusions(ports::fence, loop);
    this.ports = ports;
    reports = new Reports(loop, rules, this::judge);
    view = ClusterView.empty("", NodeId.random());
  }

  void start() {
    loop.every(rules.interval(), this::checkAll);
  }

  /** The newest; any thread. */
  public Rotation rotation() {
    return rotation;
  }

  /** The applications by their members, for status. */
  Map<NodeId, App> all() {
    return published;
  }

  Health health(NodeId member) {
    App app = published.get(member);
    return app == null ? Health.unhealthy("no application is known") : app.health();
  }

  /** On the loop. */
  void see(ClusterView now) {
    view = now;
    Map<NodeId, Entry> before = new LinkedHashMap<>(entries);
    entries.clear();
    for (Member member : now.members()) {
      Entry old = before.remove(member.id());
      Optional<Reach> reach = Reach.to(member, site, now.self());
      if (reach.isPresent()) {
        Entry entry = entry(member, reach.get(), old);
        entry.checked.app().weight(member.endpoints().weight());
        entries.put(member.id(), entry);
      } else if (old != null) {
        ports.retire(old.checked.app());
      }
    }
    before.values().forEach(gone -> ports.retire(gone.checked.app()));
    publish();
    entries.values().stream().filter(e -> !e.checked.health().known()).forEach(this::check);
  }

  private App app(Member member, Reach reach) {
    if (reach.way() != Reach.Way.DIRECT || member.id().equals(view.self())) {
      return new App(member.id(), member.name(), reach);
    }
    Reach relay = new Reach(member.endpoints().relay().asWritten(), Reach.Way.RELAY, site);
    return App.withRelay(member.id(), member.name(), reach, relay);
  }

  private Entry entry(Member member, Reach reach, @Nullable Entry old) {
    App app = app(member, reach);
    AppHealth anew = new AppHealth(rules, clock);
    if (old == null || !old.checked.app().reachedLike(app)) {
      if (old != null) {
        ports.retire(old.checked.app());
      }
      return new Entry(new CheckedApp(app, anew), member.state());
    }
    App known = old.checked.app();
    if (old.state == MemberState.DOWN && member.state() != MemberState.DOWN) {
      old.checked.startOver(anew);
    }
    if (old.state != MemberState.DOWN && member.state() == MemberState.DOWN) {
      ports.goAway(known);
      loop.after(FINISH_MAX, () -> abandon(known));
    }
    if (old.state.takesTraffic() && member.state() == MemberState.DRAINING) {
      ports.goAway(member.id().equals(view.self()) ? null : known);
    }
    if (old.state != MemberState.DRAINED && member.state() == MemberState.DRAINED) {
      ports.abandon(known, "its node is drained");
    }
    old.state = member.state();
    return old;
  }

  private void abandon(App app) {
    Entry entry = entries.get(app.member);
    if (entry == null || entry.checked.app() != app || entry.state == MemberState.DOWN) {
      ports.abandon(app, "its node is down");
    }
  }

  private void checkAll() {
    entries.values().forEach(this::check);
  }

  private void check(Entry entry) {
    if (entry.state != MemberState.DOWN) {
      entry.checked.check(ports, reports, this::publish);
    }
  }

  /** Whoever asks them tells here what becomes of it; any thread. */
  public Forwarder.Blame blame() {
    return reports;
  }

  private void judge(App app, Failure last, Reports.Charge charge) {
    Entry entry = entries.get(app.member);
    boolean only = rotation.ready().equals(List.of(app));
    if (entry == null || entry.checked.app() != app || only || !app.health().healthy()) {
      return;
    }
    if (charge == Reports.Charge.NOBODY_THERE) {
      entry.checked.unreachable(last);
    } else if (entry.state.takesTraffic() && mayEject()) {
      app.ejections.increment();
      entry.checked.health().eject(charge.what, last.message());
    }
    publish();
  }

  private boolean mayEject() {
    return AppHealth.mayEjectOneMore(entries.values().stream()
        .filter(entry -> entry.state.takesTraffic())
        .map(entry -> entry.checked.health()));
  }

  private void publish() {
    announce(select());
  }

  private Rotation select() {
    List<App> ready = new ArrayList<>();
    StringJoiner whyNot = new StringJoiner("; ");
    for (Entry entry : entries.values()) {
      App app = entry.checked.app();
      Health health = entry.health();
      if (health.healthy() && (entry.state.takesTraffic() || servesReads(entry))) {
        ready.add(app);
      } else {
        String why = health.healthy() ? entry.state.name() : health.reason();
        whyNot.add(app.memberName + ": " + why);
      }
      if (entry.checked.returns(ready.contains(app))) {
        slowStart.returned(app);
      }
    }
    boolean none = entries.isEmpty() && !view.members().isEmpty();
    return new Rotation(
        Candidates.of(ready, own(ready)),
        master(),
        view.writer().isPresent(),
        view.shortage(),
        none ? "no member has one" : whyNot.toString(),
        none,
        draining());
  }

  private @Nullable App own(List<App> ready) {
    Entry own = entries.get(view.self());
    return own != null && ready.contains(own.checked.app()) ? own.checked.app() : null;
  }

  /** Nobody can stand in for it, so an ejection does not keep its requests away. */
  private @Nullable App master() {
    Entry master = view.writer().map(entries::get).orElse(null);
    if (master == null
        || master.state == MemberState.DOWN
        || !master.checked.health().passing()) {
      return null;
    }
    return master.checked.app();
  }

  private void announce(Rotation next) {
    Map<NodeId, App> all = new HashMap<>();
    entries.forEach((member, entry) -> all.put(member, entry.checked.app()));
    published = Map.copyOf(all);
    boolean news = !next.equals(rotation);
    Set<NodeId> excluded = excluded(next);
    exclusions.before(excluded);
    rotation = next;
    exclusions.after(excluded);
    entries.values().forEach(Entry::tell); // not before requests find it
    if (news) {
      ports.changed();
    }
  }

  /** This node alone, while there is no majority that could put it into the rotation. */
  private boolean servesReads(Entry entry) {
    return view.shortage().readOnly() && entry.checked.app().member.equals(view.self());
  }

  private Set<NodeId> excluded(Rotation next) {
    Set<NodeId> excluded = view.members().stream().map(Member::id).collect(Collectors.toSet());
    next.ready().forEach(app -> excluded.remove(app.member));
    if (next.master() != null) {
      excluded.remove(next.master().member);
    }
    return Set.copyOf(excluded);
  }

  /** Requests under way to each member that surely gets no more from here. */
  Map<NodeId, Integer> leaving() {
    Map<NodeId, Integer> leaving = new HashMap<>();
    for (NodeId member : exclusions.sure()) {
      App app = published.get(member);
      leaving.put(member, app == null ? 0 : app.active.get());
    }
    return leaving;
  }

  private boolean draining() {
    return view.own()
        .map(own -> own.state() == MemberState.DRAINING || own.state() == MemberState.DRAINED)
        .orElse(false);
  }
}
