package appliance.cluster;

import appliance.cluster.join.JoinRequests;
import appliance.cluster.mastery.Attending;
import appliance.cluster.mastery.Lease;
import appliance.cluster.mastery.Replicas;
import appliance.cluster.mastery.Situation;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.Credentials;
import appliance.cluster.state.OperatorAct;
import appliance.config.ClusterConfig;
import appliance.model.Attendance;
import appliance.model.Broadcast;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Entrants;
import appliance.model.MemberState;
import appliance.model.NodeId;
import appliance.model.ReplicaProgress;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.Published;
import appliance.runtime.Service;
import appliance.runtime.StartFailure;
import appliance.status.Source;
import appliance.trust.Trust;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Membership, election and mastership of this node: joins or founds the cluster, and publishes who is in
 * it and who may write. Its loop owns all of its state; every method may be called from any thread.
 */
public final class Cluster implements Service {

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  private static final int TASKS_MAX = 1000;

  private final ClusterConfig config;
  private final NodeId self;
  private final Lease lease;
  private final Holdings holdings;
  private final Replicas replicas;
  private final Attending attending;
  private final LateClose lateClose = new LateClose();
  private final Departure departure;
  private final Discovery discovery;
  private final SessionSwitch sessionSwitch;
  private final Dissolution dissolution;
  private final DeafAlarm alarm = new DeafAlarm();
  private final Loop loop = new Loop("cluster", TASKS_MAX);
  private final Broadcasts broadcasts = new Broadcasts(this::send);
  private final Published<ClusterView> views;
  private final Requests requests = new Requests(loop, this::openSession);
  private final Operations operations;
  private final JoinRequests asking;
  private final Trust trust;
  private final Failure failure;
  private final TickTrigger look;
  private volatile @Nullable Session session;
  private volatile boolean closing;
  private final AtomicBoolean departed = new AtomicBoolean();

  /**
   * @param endpoints what this node tells the others about where it can be reached
   * @param trust told whom to trust
   */
  public Cluster(ClusterConfig config, NodeId self, Endpoints endpoints, Trust trust) {
    this(config, self, endpoints, trust, new Pace(Timing.of(config.failover()), System::nanoTime));
  }

  public Cluster(ClusterConfig config, NodeId self, Endpoints endpoints, Trust trust, Pace pace) {
    this.config = config;
    this.self = self;
    lease = new Lease(pace.nanoTime());
    failure = new Failure(new FullDisk(ClusterFile.log(config.data()), loop));
    BooleanSupplier due = () -> openSession().filter(Session::due).isPresent();
    look = new TickTrigger(
        loop, this::tick, due, broadcasts, reason -> failure.ofLog(reason, this::fail));
    departure = new Departure(self, pace.timing());
    views = new Published<>(ClusterView.empty(config.cluster(), self));
    this.trust = trust;
    asking = new JoinRequests(pace.nanoTime(), broadcasts.to(JoinRequests.TOPIC)::send);
    broadcasts.receive(JoinRequests.TOPIC, (from, message) -> asking.heard(message));
    operations =
        new Operations(config.node(), requests, () -> founder() != Founder.NOT, this::entrants);
    holdings = new Holdings(pace.nanoTime());
    replicas = new Replicas(self, pace.nanoTime(), broadcasts.to(Replicas.TOPIC)::send);
    broadcasts.receive(Replicas.TOPIC, replicas::heard);
    attending = new Attending(pace.timing(), pace.nanoTime(), look::changed);
    discovery = new Discovery(
        new Session.Node(
            config,
            self,
            endpoints,
            pace.timing(),
            pace.nanoTime(),
            trust,
            holdings,
            replicas,
            attending),
        asking,
        views);
    sessionSwitch =
        new SessionSwitch(discovery, this::join, this::withdraw, () -> closing, this::fail);
    dissolution = new Dissolution(discovery, sessionSwitch);
  }

  /** How patient the cluster is, and by which clock. */
  public record Pace(Timing timing, LongSupplier nanoTime) {}

  /**
   * Returns when the cluster knows this node. A member that returns while there is no majority does not
   * wait for one: it is up, with no master in sight.
   */
  @Override
  public void start() {
    long from = System.nanoTime();
    discovery.open(() -> Optional.ofNullable(session));
    try {
      look.begin();
      Session joined = sessionSwitch.enter();
      loop.execute(this::tick);
      log.info(
          "This node {} the cluster '{}' ({}), after {} ms",
          founded() ? "has founded" : "is a member of",
          config.cluster(),
          joined.file().cluster(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
      discovery.watch(() -> openSession().ifPresent(dissolution::of));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new StartFailure(ExitCode.FAILED, "the start was interrupted", e);
    } catch (RuntimeException e) {
      close();
      throw failure.ofStart(e);
    }
  }

  /**
   * Tells what knows whether this node has content of its own, files or tables: before the start. A
   * cluster that has some is never given up for another one.
   *
   * @param content quick, as it is asked once a second
   */
  public void holds(BooleanSupplier content) {
    holdings.of(content);
  }

  /** Tells what knows how far this node's copy of the database is: before the start. */
  public void replica(Supplier<ReplicaProgress> progress) {
    replicas.of(progress);
  }

  /** Whether this start has founded the cluster, and not given it up since: {@link #onDissolved}. */
  public boolean founded() {
    return founder() == Founder.NOW;
  }

  /** Whether this node has founded the cluster that it is in. */
  public Founder founder() {
    return discovery.founder();
  }

  /**
   * Calls {@code action} when the cluster that this node has founded is given up for another one of the same name,
   * which it then joins: what was made at the founding (a password) is void. That happens only as long as the cluster
   * holds nothing: no other member, nothing that was set, and no content of this node ({@link #holds}).
   */
  public void onDissolved(Runnable action) {
    dissolution.onDissolved(action);
  }

  /**
   * Calls {@code action} when that other cluster was gone before this node was in it, and this node goes on
   * with its own: what was to be made at the founding, and was refused meanwhile, is due.
   */
  public void onKept(Runnable action) {
    dissolution.onKept(action);
  }

  /** Calls {@code action} when a restart would mend what is wrong with this node, with the exit code for that. */
  public void onRestart(Consumer<ExitCode> action) {
    alarm.onDeaf(() -> action.accept(ExitCode.DEAF));
    failure.onRoom(() -> action.accept(ExitCode.NOT_NOW));
  }

  /** Who asks to join and waits for {@link Operations#approve}, and who has been let in. */
  public Entrants entrants() {
    Credentials credentials = Optional.ofNullable(session)
        .map(s -> s.situation().state().credentials())
        .orElse(Credentials.NONE);
    return asking.entrants(credentials, trust.trusted().get());
  }

  public Published<ClusterView> views() {
    return views;
  }

  /** The right to write; valid only on the master. */
  public Lease lease() {
    return lease;
  }

  /** What stands behind this node's writes while it is not master. */
  public Attendance attendance() {
    return attending;
  }

  /**
   * This node has caught up: it may take traffic, and become master. To be said again whenever it is {@code
   * JOINING}: after a drain, and in another cluster, what was said before counts no more.
   */
  public void ready() {
    withSession(s -> {
      s.presence().ready();
      tick();
    });
  }

  /** This node was told to drain, and has nothing left to do. */
  public void drained() {
    withSession(s -> s.presence().drained(s.situation()));
  }

  /** What may be asked of the cluster, on this node as on any other. */
  public Operations operations() {
    return operations;
  }

  public Optional<String> setting(String key) {
    return Optional.ofNullable(session)
        .map(s -> s.situation().state().settings().get(key));
  }

  public Broadcast broadcast(String topic) {
    return broadcasts.to(topic);
  }

  /** Handlers run one at a time, in the order in which a sender has sent; they may block for a while. */
  public void receive(String topic, BiConsumer<NodeId, byte[]> handler) {
    broadcasts.receive(topic, handler);
  }

  /** On the thread that sends broadcasts, which a slow network may hold up: not on the loop. */
  private void send(byte[] message) {
    Session now = session;
    if (now != null && !closing) {
      now.consensus().broadcast(message);
    }
  }

  public Source source() {
    return new ClusterSource(
        () -> Optional.ofNullable(session),
        views,
        lease,
        broadcasts,
        alarm::deaf,
        failure::words,
        discovery::apart);
  }

  Optional<Session> openSession() {
    return closing ? Optional.empty() : Optional.ofNullable(session);
  }

  /** As this node sees the cluster now; only between start and close. */
  Situation situation() {
    return Optional.ofNullable(session).orElseThrow().situation();
  }

  private void withSession(Consumer<Session> action) {
    soon(() -> Optional.ofNullable(session).ifPresent(action));
  }

  private void tick() {
    Session now = session;
    if (now == null) {
      return;
    }
    Situation seen = now.tick();
    now.expelled(seen).ifPresent(reason -> fail(reason, "It serves nothing from now on"));
    alarm.look(now.consensus().deaf());
    ClusterView view = seen.view(config.cluster(), lease.stage(), now.presence().isReady());
    MasterLog.changed(views.get(), view, departed.get());
    look.looked(!views.publish(view) && view.settled());
  }

  /** Out of the cluster this node must neither vote nor write; it still serves what it has. */
  private void fail(String reason, String remedy) {
    lease.drop();
    withSession(s -> {
      s.mastery().leave();
      session = null;
      views.publish(ClusterView.empty(config.cluster(), self));
      lateClose.begin(s);
    });
    failure.is(reason, remedy); // after it: what is logged may go to the same disk
  }

  /** On the loop, also if that has more to do than it may: a session that is not left votes on. */
  private void soon(Runnable action) {
    try {
      loop.after(Duration.ZERO, action);
    } catch (RejectedExecutionException e) {
      log.debug("Not done, the node is closing", e);
    }
  }

  /** Joins or founds, and keeps the session, unless this node is closing by then. */
  private Session join() throws InterruptedException {
    Session met = discovery.meet(lease, look);
    session = met;
    if (closing) {
      met.close();
      throw new InterruptedException("this node is closing");
    }
    return met;
  }

  /**
   * Makes this node the founder of a cluster that goes on from what it knows, without the others: for an
   * operator who knows that they will not come back. Refused while there is a majority.
   *
   * @param source where the operator is, for the record
   */
  public CompletionStage<Void> recover(String source) {
    Session old = session;
    if (old == null || closing || old.situation().quorum()) {
      return CompletableFuture.failedFuture(new ClusterRefusal(
          "the cluster has a majority and needs no recovery, or this node is not in it"));
    }
    OperatorAct act = OperatorAct.now("recovered by force", config.node(), source);
    Optional<?> served = views.get().own().filter(own -> own.state() == MemberState.ACTIVE);
    return CompletableFuture.runAsync(() -> {
      if (sessionSwitch.recover(old, act, config.data()).isEmpty()) {
        throw new ClusterRefusal(
            failure.words().isEmpty() ? "this node is closing" : failure.words());
      }
      served.ifPresent(own -> ready()); // nobody is left who could bring what it lacks
    });
  }

  /** Leaves a session, so that this node is in no cluster. */
  private void withdraw(Session old) {
    session = null;
    soon(() -> old.mastery().leave()); // after a look at the old session under way
    lease.drop();
    attending.drop();
    views.publish(ClusterView.empty(config.cluster(), self));
    lateClose.end(old);
  }

  /** The first half of {@link #close}; the node serves on: another is master, and none sends more here. */
  public void depart() {
    Session now = session;
    if (now != null && !departed.getAndSet(true)) {
      departure.of(now, loop);
    }
  }

  /** Hands over the mastership, then leaves the group. */
  @Override
  public void close() {
    closing = true;
    requests.close();
    depart();
    discovery.close();
    loop.close();
    Session now = session; // another one if the first was being given up
    session = null;
    lease.drop();
    Optional.ofNullable(now).ifPresent(Session::close);
    lateClose.await();
    broadcasts.close();
    discovery.bye();
  }
}
