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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The applications of all members for one site and how they are: takes in the cluster's view, the results of checks
 * and the reports of failed requests, publishes the {@link Rotation}. All of it on one loop.
 */
public final class Apps implements Forwarder.Blame {

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
  interface Ports {

    /** Makes one check and then calls back, on any thread: null if all is well. */
    void check(App app, HealthRules rules, Consumer<@Nullable Failure> result);

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

    final App app;
    AppHealth health;
    MemberState state;

    /** Until a result is looked at, or was dropped. */
    volatile boolean checking;

    /** Whether it is in the rotation, and whether it ever was. */
    boolean ready;

    boolean wasReady;

    Entry(App app, AppHealth health, MemberState state) {
      this.app = app;
      this.health = health;
      this.state = state;
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
        entry.app.weight(member.endpoints().weight());
        entries.put(member.id(), entry);
      } else if (old != null) {
        ports.retire(old.app);
      }
    }
    before.values().forEach(gone -> ports.retire(gone.app));
    publish();
    entries.values().stream().filter(e -> !e.health.known()).forEach(this::check);
  }

  private App app(Member member, Reach reach) {
    if (reach.way() != Reach.Way.DIRECT || member.id().equals(view.self())) {
      return new App(member.id(), member.name(), reach);
    }
    Reach relay = new Reach(member.endpoints().relay().socketAddress(), Reach.Way.RELAY, site);
    return App.withRelay(member.id(), member.name(), reach, relay);
  }

  private Entry entry(Member member, Reach reach, @Nullable Entry old) {
    App app = app(member, reach);
    if (old == null || !old.app.reachedLike(app)) {
      if (old != null) {
        ports.retire(old.app);
      }
      return new Entry(app, new AppHealth(rules, clock), member.state());
    }
    if (old.state == MemberState.DOWN && member.state() != MemberState.DOWN) {
      old.health = new AppHealth(rules, clock);
    }
    if (old.state != MemberState.DOWN && member.state() == MemberState.DOWN) {
      App down = old.app;
      loop.after(FINISH_MAX, () -> abandon(down));
    }
    if (old.state.takesTraffic() && member.state() == MemberState.DRAINING) {
      ports.goAway(member.id().equals(view.self()) ? null : old.app);
    }
    if (old.state != MemberState.DRAINED && member.state() == MemberState.DRAINED) {
      ports.abandon(old.app, "its node is drained");
    }
    old.state = member.state();
    return old;
  }

  private void abandon(App app) {
    Entry entry = entries.get(app.member);
    if (entry == null || entry.app != app || entry.state == MemberState.DOWN) {
      ports.abandon(app, "its node is down");
    }
  }

  private void checkAll() {
    entries.values().forEach(this::check);
  }

  private void check(Entry entry) {
    if (entry.checking || entry.state == MemberState.DOWN) {
      return;
    }
    entry.checking = true;
    AppHealth judged = entry.health;
    ports.check(entry.app, rules, failure -> {
      if (!reports.post(() -> checked(entry, judged, failure))) {
        entry.checking = false; // the next check brings it again
      }
    });
  }

  private void checked(Entry entry, AppHealth judged, @Nullable Failure failure) {
    entry.checking = false;
    judged.checked(failure);
    publish();
  }

  @Override
  public void failed(App app, Failure failure) {
    reports.failed(app, failure);
  }

  @Override
  public void answered(App app, int status) {
    reports.answered(app, status);
  }

  private void judge(App app, Failure failure, boolean nobodyThere) {
    Entry entry = entries.get(app.member);
    boolean only = rotation.ready().equals(List.of(app));
    if (entry == null || entry.app != app || only || !app.health().healthy()) {
      return;
    }
    if (nobodyThere) {
      entry.health.unreachable(failure.message());
    } else if (mayEject()) {
      app.ejections.increment();
      entry.health.eject(failure.message());
    }
    publish();
  }

  private boolean mayEject() {
    return AppHealth.mayEjectOneMore(entries.values().stream()
        .filter(entry -> entry.state.takesTraffic())
        .map(entry -> entry.health));
  }

  private void publish() {
    List<App> ready = new ArrayList<>();
    App master = null;
    App own = null;
    StringBuilder whyNone = new StringBuilder();
    Map<NodeId, App> all = new LinkedHashMap<>();
    for (Entry entry : entries.values()) {
      App app = entry.app;
      Health health = health(entry);
      all.put(app.member, app);
      boolean healthy = health.healthy();
      boolean inRotation = healthy && (entry.state.takesTraffic() || servesReads(entry));
      if (inRotation) {
        ready.add(app);
        own = app.member.equals(view.self()) ? app : own;
      } else {
        whyNone.append(whyNone.isEmpty() ? "" : "; ").append(app.memberName).append(": ");
        whyNone.append(healthy ? entry.state.name() : health.reason());
      }
      note(entry, inRotation);
      // Nobody can stand in for it, so an ejection does not keep its requests away.
      boolean working = entry.state != MemberState.DOWN && entry.health.passing();
      if (working && view.writer().equals(Optional.of(app.member))) {
        master = app;
      }
    }
    published = Map.copyOf(all);
    boolean none = all.isEmpty() && !view.members().isEmpty();
    String why = none ? "no member has one" : whyNone.toString();
    Rotation next = new Rotation(
        Candidates.of(ready, own),
        master,
        view.writer().isPresent(),
        view.shortage(),
        why,
        none,
        draining());
    boolean news = !next.equals(rotation);
    Set<NodeId> excluded = excluded(next);
    exclusions.before(excluded);
    rotation = next;
    exclusions.after(excluded);
    entries.values().forEach(Apps::tell); // not before requests find it
    if (news) {
      ports.changed();
    }
  }

  /** This node alone, while there is no majority that could put it into the rotation. */
  private boolean servesReads(Entry entry) {
    return view.shortage().readOnly() && entry.app.member.equals(view.self());
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

  private void note(Entry entry, boolean inRotation) {
    if (inRotation && !entry.ready && entry.wasReady) {
      slowStart.returned(entry.app);
    }
    entry.ready = inRotation;
    entry.wasReady |= inRotation;
  }

  private boolean draining() {
    return view.own()
        .map(own -> own.state() == MemberState.DRAINING || own.state() == MemberState.DRAINED)
        .orElse(false);
  }

  private static Health health(Entry entry) {
    return entry.state == MemberState.DOWN
        ? Health.unhealthy("its node is down")
        : entry.health.health();
  }

  private static void tell(Entry entry) {
    App app = entry.app;
    Health now = health(entry);
    Health before = app.health();
    app.health(now);
    if (now.healthy() && !before.healthy()) {
      log.info("The application of {} at {} gets traffic", app.owner(), app.where());
    } else if (!now.healthy() && before.healthy()) {
      log.warn("The application of {} gets no more traffic: {}", app.owner(), now.reason());
    }
  }
}
