package appliance.admin;

import appliance.config.AdminConfig;
import appliance.model.Asker;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Entrants;
import appliance.model.Epoch;
import appliance.model.Health;
import appliance.model.HostPort;
import appliance.model.Member;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.PeerCalls;
import appliance.model.PeerRoute;
import appliance.model.Wait;
import appliance.runtime.Published;
import appliance.status.ClusterStatus;
import appliance.status.ProcessSource;
import appliance.status.Prometheus;
import appliance.status.Roster;
import appliance.status.Section;
import appliance.status.Source;
import appliance.status.Sources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One real admin on loopback. Its cluster is this object: a view that a test sets, commands that are
 * noted, and calls to other such nodes that reach their route without a network.
 */
public final class AdminNode implements AutoCloseable, AdminCommands {

  public final NodeId id;
  public final Path data;
  final Admin admin;
  final Published<ClusterView> views;
  final Roster roster;
  public final Map<String, Section> sections = new ConcurrentHashMap<>();
  public final List<String> commands = new CopyOnWriteArrayList<>();
  final Map<NodeId, PeerRoute> routes = new ConcurrentHashMap<>();
  final Map<String, String> settings;
  public volatile List<Asker> asking = List.of();
  public volatile List<Asker> letIn = List.of();
  public volatile Optional<String> refusal = Optional.empty();

  /** How often its status was asked for. */
  public final AtomicInteger looks = new AtomicInteger();

  /** Who becomes master in place of the one that was asked for. */
  public volatile String handsOverTo = "";

  /** Whether somebody removes a node just after it was told to drain. */
  public volatile boolean removesOnDrain;

  public AdminNode(Path data, int number, String address, Map<String, String> settings) {
    this.data = data;
    this.settings = settings;
    id = id(number);
    views = new Published<>(ClusterView.empty("shop", id));
    sections.put(
        "edge", Section.builder().counter("requests", 12).gauge("active", 1).build());
    Sources sources = new Sources(sources());
    roster = new Roster(sources, views::get, System::nanoTime);
    ClusterStatus status = new ClusterStatus(
        name(number),
        views::get,
        roster,
        node -> Health.HEALTHY,
        () -> new Entrants(asking, letIn));
    PeerCalls peers = (node, route, request) -> {
      PeerRoute to = routes.get(node);
      if (to == null) {
        throw new IOException("connection refused");
      }
      return to.handle(request);
    };
    admin = new Admin(
        new AdminConfig(HostPort.parse(address, 0)),
        data,
        new AdminPorts(
            views,
            status::read,
            () -> Prometheus.text(views.get(), sources.read(), List.of()),
            this,
            peers,
            key -> Optional.ofNullable(settings.get(key))));
    admin.start();
  }

  /** It is in no cluster, and waits. */
  public void waits(Wait wait) {
    views.publish(ClusterView.empty("shop", id, Optional.of(wait)));
  }

  public static AdminNode on(Path data) {
    AdminNode node = new AdminNode(data, 1, "127.0.0.1:0", new HashMap<>());
    node.show(
        Optional.of(node.id), true, member(1, MemberState.ACTIVE), member(2, MemberState.ACTIVE));
    return node;
  }

  private Map<String, Source> sources() {
    Map<String, Source> sources = new LinkedHashMap<>();
    for (String name : List.of("edge", "database", "media")) {
      sources.put(name, () -> sections.getOrDefault(name, Section.builder().build()));
    }
    sources.put("process", new ProcessSource("0.1.0", this::looked));
    return sources;
  }

  private String looked() {
    looks.incrementAndGet();
    return "";
  }

  public static NodeId id(int number) {
    return new NodeId(new UUID(0, number));
  }

  static String name(int number) {
    return String.valueOf((char) ('a' + number - 1));
  }

  public static Member member(int number, MemberState state) {
    return member(number, state, state == MemberState.ACTIVE ? "" : "for a test");
  }

  public static Member member(int number, MemberState state, String reason) {
    HostPort host = new HostPort("127.0.0." + number, 7800);
    URI app = URI.create("http://127.0.0.1:9000");
    return new Member(
        id(number),
        name(number),
        new Endpoints(host, host, host, host.withPort(80), Optional.of(app)),
        state,
        reason);
  }

  public void show(Optional<NodeId> master, boolean quorum, Member... members) {
    views.publish(new ClusterView("shop", id, new Epoch(3), master, quorum, List.of(members)));
  }

  public URI url() {
    return admin.address().url();
  }

  public URI shownUrl() {
    return admin.url();
  }

  /** Of the certificate; empty over http. */
  public String fingerprint() {
    return admin.address().fingerprint().orElse("");
  }

  @Override
  public CompletionStage<Void> drain(String member) {
    if (removesOnDrain) {
      show(Optional.of(id), true, member(1, MemberState.ACTIVE));
    }
    return note("drain " + member);
  }

  @Override
  public CompletionStage<Void> set(String setting, String value) {
    if (refusal.isEmpty()) {
      settings.put(setting, value);
    }
    return note("set " + setting);
  }

  @Override
  public CompletionStage<Void> rebuildReplica() {
    return note("rebuild the replica");
  }

  @Override
  public CompletionStage<Void> approve(String asker) {
    asking = List.of();
    return note("approve " + asker);
  }

  @Override
  public CompletionStage<Void> refuse(String asker, String source) {
    asking = List.of();
    return note("refuse " + asker);
  }

  @Override
  public CompletionStage<Void> handover(Optional<String> member) {
    CompletionStage<Void> noted = note("handover " + member.orElse("to whoever is next"));
    if (refusal.isEmpty()) {
      ClusterView now = views.get();
      Member next = now.named(handsOverTo)
          .or(() -> member.flatMap(now::named))
          .orElse(now.members().get(1));
      views.publish(new ClusterView(
          "shop", id, now.epoch().next(), Optional.of(next.id()), true, now.members()));
    }
    return noted;
  }

  @Override
  public CompletionStage<Void> resume(String member) {
    return note("resume " + member);
  }

  @Override
  public CompletionStage<Void> remove(String member, String source) {
    return note("remove " + member);
  }

  @Override
  public CompletionStage<Void> promote(String member, String source) {
    return note("promote " + member);
  }

  @Override
  public CompletionStage<Void> recover(String member, String source) {
    return note("recover " + member);
  }

  private CompletionStage<Void> note(String command) {
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(new IllegalStateException(refusal.get()));
    }
    commands.add(command);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
    admin.close();
  }
}
